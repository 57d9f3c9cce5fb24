import MillraceGraph
import Synchronization
import Testing

@testable import MillraceEngine

struct MemoryWatchTests {
  @Test func `memory is looked at once in an interval`() {
    final class Looks: Sendable { let count = Atomic(0) }
    let looks = Looks()
    var watch = MemoryWatch(budget: 100) {
      looks.count.add(1, ordering: .relaxed).newValue == 1 ? 101 : 100
    }
    let start = ContinuousClock.now
    let times = [start, start + MemoryWatch.interval / 2, start + MemoryWatch.interval]
    let answers = times.map { watch.isOver(at: $0) }
    #expect(answers == [true, true, false])
    #expect(looks.count.load(ordering: .relaxed) == 2)
  }

  @Test func `this process has memory`() {
    let before = ProcessMemory.resident()
    #expect(before > 1 << 20)
    let size = 64 << 20
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 4096)
    memory.initializeMemory(as: UInt8.self, repeating: 1, count: size)
    // Other tests give memory back meanwhile.
    #expect(ProcessMemory.resident() >= size)
    memory.deallocate()
  }
}
