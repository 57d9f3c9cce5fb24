import Dispatch
import Millrace
import MillraceTesting
import Synchronization
import Testing

/// In which order, and how many at once, backends run nodes.
@Suite(.timeLimit(.minutes(10))) struct BackendOrderTests {
  @Test(arguments: [CachePolicy.stored, .transient, .off])
  func `the local backend runs nodes in declaration order`(cache: CachePolicy) async throws {
    let calls = Calls()
    let attributes = TaskAttributes(cache: cache)
    let names = (0..<50).map { "n\($0)" }
    let graph = Graph {
      let nodes = names.map { node($0, [], attributes, calls: calls) }
      let pairs = (0..<49).map {
        node("p\($0)", [nodes[$0], nodes[$0 + 1]], attributes, calls: calls)
      }
      pairs
      nodes
    }
    try await graph.run(on: .local)
    #expect(calls.names == names + (0..<49).map { "p\($0)" })
  }

  @Test func `the local backend prefers what was declared first to what became ready first`()
    async throws
  {
    let calls = Calls()
    let off = TaskAttributes(cache: .off)
    let graph = Graph {
      let a = node("a", [], off, calls: calls)
      let c = node("c", [a], off, calls: calls)
      let b = node("b", [], off, calls: calls)
      node("d", [b, c], off, calls: calls)
    }
    try await graph.run(on: .local)
    #expect(calls.names == ["a", "c", "b", "d"])
  }

  @Test(arguments: BackendKind.wide)
  func `two synchronous bodies run at once`(kind: BackendKind) async throws {
    let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let graph = Graph {
      node("a") { _, _ in
        first.signal()
        second.wait()
        return 1
      }
      node("b") { _, _ in
        second.signal()
        first.wait()
        return 2
      }
    }
    #expect(try await graph.run(on: kind.backend).executed == 2)
  }

  @Test(arguments: [1, 2, 4], [false, true])
  func `at most as many bodies as the width are in execution`(
    width: Int, isAsync: Bool
  ) async throws {
    let counts = Mutex((now: 0, peak: 0))
    @Sendable func enter() { counts.withLock { $0 = ($0.now + 1, max($0.peak, $0.now + 1)) } }
    @Sendable func leave() { counts.withLock { $0.now -= 1 } }
    let nodes = (0..<60).map { index in
      if isAsync {
        asyncNode("n\(index)") { _, _ in
          enter()
          for _ in 0..<5 { await Swift.Task.yield() }
          leave()
          return index
        }
      } else {
        node("n\(index)") { _, _ in
          enter()
          leave()
          return index
        }
      }
    }
    try await Graph { nodes }.run(on: .dispatch(width))
    #expect(counts.withLock { $0.peak } <= width)
    #expect(counts.withLock { $0.now } == 0)
  }

  @Test(arguments: BackendKind.wide)
  func `an asynchronous body that waits keeps no other from running`(
    kind: BackendKind
  ) async throws {
    let (stream, continuation) = AsyncStream<Int>.makeStream()
    let waiting = asyncNode("waiting") { _, _ in
      for await value in stream { return value }
      return 0
    }
    let graph = Graph {
      waiting
      node("last", (0..<20).map { node("n\($0)") }) { _, _ in
        continuation.yield(7)
        return 0
      }
    }
    let result = try await graph.run(on: kind.backend)
    #expect(try result.value(of: waiting) == 7)
  }

  @Test func `backends of one name share their workers`() async throws {
    let counts = Mutex((now: 0, peak: 0))
    @Sendable func body(_ inputs: [Int], _ context: TaskContext) async -> Int {
      counts.withLock { $0 = ($0.now + 1, max($0.peak, $0.now + 1)) }
      for _ in 0..<5 { await Swift.Task.yield() }
      counts.withLock { $0.now -= 1 }
      return 0
    }
    let graph = Graph {
      for block in 0..<4 {
        Block(on: .dispatch(2)) { (0..<10).map { asyncNode("n\(block)-\($0)", body: body) } }
      }
    }
    #expect(try await graph.run(on: .dispatch(2)).executed == 40)
    #expect(counts.withLock { $0.peak } <= 2)
  }
}
