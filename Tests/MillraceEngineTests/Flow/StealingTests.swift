import Synchronization
import Testing

@testable import MillraceEngine

@Suite struct StealingDequeTests {
  private final class Flag: Sendable {
    let isSet = Atomic<Bool>(false)
  }

  @Test func `the owner takes the newest, a thief the oldest, and the ring grows between`() {
    let deque = StealingDeque()
    for node in 0..<Int32(1000) { deque.push(node) }
    #expect(deque.pop() == 999)
    #expect(deque.steal() == 0)
    #expect(deque.steal() == 1)
    for expected in (2..<Int32(999)).reversed() { #expect(deque.pop() == expected) }
    #expect(deque.pop() == nil)
    #expect(deque.steal() == nil)
    #expect(deque.isEmpty)
  }

  @Test func `owner and thieves take each node once`() async {
    let deque = StealingDeque()
    let count = Int32(20_000)
    let isDone = Flag()
    let taken = await withTaskGroup(of: [Int32].self) { group in
      for _ in 0..<2 {
        group.addTask {
          var mine: [Int32] = []
          while !isDone.isSet.load(ordering: .acquiring) || !deque.isEmpty {
            if let node = deque.steal() { mine.append(node) }
          }
          return mine
        }
      }
      var mine: [Int32] = []
      for node in 0..<count {
        deque.push(node)
        if node % 3 == 0, let own = deque.pop() { mine.append(own) }
      }
      while let own = deque.pop() { mine.append(own) }
      isDone.isSet.store(true, ordering: .releasing)
      return await group.reduce(into: mine) { $0 += $1 }
    }
    #expect(taken.sorted() == Array(0..<count))
  }
}

@Suite struct FlowRangeTests {
  @Test func `the owner takes the first, a thief the later half or the only one`() {
    let range = FlowRange()
    let nothing = range.steal()
    #expect(nothing.isEmpty)
    range.fill(10..<15)
    // Taken outside of the expectations, which copy what they look at.
    let taken = [range.takeFirst(), range.takeFirst()]
    let later = [range.steal(), range.steal(), range.steal()]
    let end = range.takeFirst()
    #expect(taken == [10, 11])
    #expect(later.prefix(2) == [13..<15, 12..<13])
    #expect(later[2].isEmpty)
    #expect(end == nil)
  }

  private final class Shared: Sendable {
    let range = FlowRange()
    let isDone = Atomic<Bool>(false)
  }

  @Test func `owner and thieves take each node once`() async {
    let shared = Shared()
    let count = 20_000
    let taken = await withTaskGroup(of: [Int].self) { group in
      for _ in 0..<2 {
        group.addTask {
          var mine: [Int] = []
          while !shared.isDone.load(ordering: .acquiring) || !shared.range.isEmpty {
            mine += shared.range.steal()
          }
          return mine
        }
      }
      var mine: [Int] = []
      for first in stride(from: 0, to: count, by: 50) {
        shared.range.fill(first..<first + 50)
        while let own = shared.range.takeFirst() { mine.append(own) }
      }
      shared.isDone.store(true, ordering: .releasing)
      return await group.reduce(into: mine) { $0 += $1 }
    }
    #expect(taken.sorted() == Array(0..<count))
  }
}
