import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

/// Graphs of uncached tasks, which run by counters alone unless somebody watches: both ways must say the
/// same.
@Suite(.timeLimit(.minutes(10))) struct FlowTests {
  private struct Broken: Error {}

  /// Node *i* takes the nodes in the bits of `inputs[i]`, all below *i*.
  private static func graph(_ inputs: [Int], failing: Int?, _ calls: Calls) -> Graph {
    var nodes: [Node<Int>] = []
    for index in inputs.indices {
      nodes.append(
        node(
          "n\(index)", (0..<index).filter { inputs[index] >> $0 & 1 == 1 }.map { nodes[$0] },
          TaskAttributes(cache: .off), calls: calls
        ) { values, _ in
          if index == failing { throw Broken() }
          return values.reduce(100 + index) { ($0 * 31 + $1) % 1_000_003 }
        })
    }
    return Graph(leaves: nodes.map(\.erased))
  }

  private static func shapes(_ count: Int) -> [[Int]] {
    (0..<(1 << (count * (count - 1) / 2))).map { bits in
      var rest = bits
      return (0..<count).map { node in
        defer { rest >>= node }
        return rest & ((1 << node) - 1)
      }
    }
  }

  private static func states(
    _ inputs: [Int], failing: Int?, on backend: any Backend, isWatched: Bool
  ) async throws -> (states: [NodeReport.State], calls: [String], status: RunStatus) {
    let calls = Calls()
    let result = try await graph(inputs, failing: failing, calls).run(
      on: backend,
      options: .with {
        $0.failurePolicy = .keepGoing
        if isWatched { $0.observers = [EventRecorder()] }
      })
    return (result.reports().map(\.state), calls.names.sorted(), result.status)
  }

  @Test(arguments: 1...4, BackendKind.all)
  func `every graph ends as it does where somebody watches, whatever fails`(
    count: Int, kind: BackendKind
  ) async throws {
    for shape in Self.shapes(count) {
      for failing in [nil] + (0..<count).map({ Optional($0) }) {
        let short = try await Self.states(
          shape, failing: failing, on: kind.backend, isWatched: false)
        let long = try await Self.states(shape, failing: failing, on: kind.backend, isWatched: true)
        #expect(short == long, "\(shape), failing \(String(describing: failing))")
      }
    }
  }

  @Test(arguments: BackendKind.all)
  func `failing fast starts nothing behind the failure and names it`(kind: BackendKind) async throws
  {
    let calls = Calls()
    let result = try await Self.graph([0, 1, 2, 4], failing: 1, calls).run(on: kind.backend)
    #expect(calls.names == ["n0", "n1"])
    #expect(result.status == .failed)
    #expect(result.failures.map(\.node) == ["n1"])
    #expect(result.reports().map(\.state) == [.executed, .failed, .skipped, .skipped])
  }

  @Test(arguments: BackendKind.all)
  func `a run that is cancelled by a body leaves the rest cancelled`(kind: BackendKind) async throws
  {
    let cancellation = Cancellation()
    let first = node("first", [], TaskAttributes(cache: .off)) { _, _ in
      cancellation.cancel()
      return 1
    }
    let second = node("second", [first], TaskAttributes(cache: .off))
    let result = try await Graph { second }.run(
      on: kind.backend, options: .with { $0.cancellation = cancellation })
    #expect(result.status == .cancelled)
    #expect(result.reports().map(\.state) == [.executed, .cancelled])
  }

  @Test(arguments: BackendKind.all)
  func `many nodes run once each, and give their values`(kind: BackendKind) async throws {
    let calls = Mutex(0)
    let nodes = (0..<3000).map { index in
      node("n\(index)", [], TaskAttributes(cache: .off)) { _, _ in
        calls.withLock { $0 += 1 }
        return index
      }
    }
    // Pairs, and pairs of pairs, so that ready nodes are made by several workers.
    var layer = nodes
    while layer.count > 1 {
      layer =
        stride(from: 0, to: layer.count - 1, by: 2).map { first in
          node("sum", [layer[first], layer[first + 1]], TaskAttributes(cache: .off)) { values, _ in
            values.reduce(0, +)
          }
        } + (layer.count % 2 == 1 ? [layer[layer.count - 1]] : [])
    }
    let value = try await layer[0].value(on: kind.backend)
    #expect(value == 2999 * 3000 / 2)
    #expect(calls.withLock { $0 } == 3000)
  }
}

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
