import Millrace
import MillraceTesting
import Synchronization
import Testing

@Task private func numbers(_ count: Int) -> [Int] { Array(0..<count) }

/// Counts the elements whose bodies are in execution.
private final class Flights: Sendable {
  private let state = Mutex((now: [Int: Int](), peak: 0, order: [Int]()))
  var peak: Int { state.withLock { $0.peak } }
  /// The elements in the order in which they first began.
  var order: [Int] { state.withLock { $0.order } }

  func during<Result>(_ element: Int, _ body: () throws -> Result) rethrows -> Result {
    state.withLock { state in
      state.now[element, default: 0] += 1
      state.peak = max(state.peak, state.now.count)
      if !state.order.contains(element) { state.order.append(element) }
    }
    defer {
      state.withLock { state in
        state.now[element, default: 1] -= 1
        if state.now[element] == 0 { state.now[element] = nil }
      }
    }
    return try body()
  }
}

private struct Odd: Error {}

@Suite(.timeLimit(.minutes(10))) struct ForEachLimitTests {
  private func step(
    _ name: String, _ inputs: [Node<Int>], _ flights: Flights, cache: CachePolicy,
    failing: @escaping @Sendable (Int) -> Bool = { _ in false }
  ) -> Node<Int> {
    node(name, inputs, TaskAttributes(cache: cache)) { values, _ in
      try flights.during(values[0]) {
        if failing(values[0]) { throw Odd() }
        return values[0]
      }
    }
  }

  @Test(arguments: BackendKind.all, [1, 2, 3])
  func `no more elements than the limit are in flight, and the order is kept`(
    kind: BackendKind, limit: Int
  ) async throws {
    for first in ExhaustiveRunTests.policies {
      for second in ExhaustiveRunTests.policies {
        let flights = Flights()
        let results = ForEach($numbers(20), limit: limit) { number in
          step("second", [step("first", [number], flights, cache: first)], flights, cache: second)
        }
        #expect(try await results.value(on: kind.backend) == Array(0..<20))
        #expect(flights.peak <= limit)
      }
    }
  }

  @Test(arguments: BackendKind.all)
  func `elements whose keys are known start in order`(kind: BackendKind) async throws {
    let flights = Flights()
    let results = ForEach(Array(0..<20), limit: 1) { step("one", [$0], flights, cache: .stored) }
    #expect(try await results.value(on: kind.backend) == Array(0..<20))
    #expect(flights.order == Array(0..<20))
  }

  @Test(arguments: BackendKind.all)
  func `hits do not count, and a second run executes nothing`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let flights = Flights()
    func list(_ count: Int) -> Node<[Int]> {
      ForEach($numbers(count), limit: 1) { step("one", [$0], flights, cache: .stored) }
    }
    _ = try await list(10).value(on: kind.backend, in: store)
    #expect(try await list(12).value(on: kind.backend, in: store) == Array(0..<12))
    #expect(flights.order.sorted() == Array(0..<12))
    let again = try await Graph { list(12) }.run(on: kind.backend, in: store)
    #expect(again.executed == 0 && again.hits == 13)
  }

  @Test(arguments: BackendKind.all, [1, 2])
  func `limits nest`(kind: BackendKind, limit: Int) async throws {
    let (inner, outer) = (Flights(), Flights())
    let lists = ForEach($numbers(4), limit: limit) { row in
      ForEach($numbers(5), limit: 2) { column in
        node("cell", [row, column]) { values, _ in
          outer.during(values[0]) {
            inner.during(values[0] * 10 + values[1]) { values[0] * 10 + values[1] }
          }
        }
      }
    }
    let expected = (0..<4).map { row in (0..<5).map { row * 10 + $0 } }
    #expect(try await lists.value(on: kind.backend) == expected)
    #expect(outer.peak <= limit && inner.peak <= 2 * limit)
  }

  @Test(arguments: BackendKind.all, [1, 2])
  func `failures give their places back`(kind: BackendKind, limit: Int) async throws {
    for policy in ExhaustiveRunTests.policies {
      let flights = Flights()
      let graph = Graph {
        ForEach($numbers(10), limit: limit) { number in
          node("last", [step("one", [number], flights, cache: policy) { $0 % 2 == 1 }])
        }
      }
      let result = try await graph.run(
        on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
      #expect(result.failed == 5 && result.status == .failed)
      #expect(result.names(.executed).count { $0.hasPrefix("last") } == 5)
      #expect(flights.peak <= limit)
      let fast = try await graph.run(on: kind.backend)
      #expect(fast.failed >= 1 && fast.status == .failed)
    }
  }

  @Test(arguments: BackendKind.all)
  func `a cancelled run starts no further element`(kind: BackendKind) async throws {
    let calls = Calls()
    let graph = Graph {
      ForEach($numbers(10), limit: 1) { number in
        node("one", [number], calls: calls) { values, context in
          if calls.count("one") == 4 { context.cancellation.cancel() }
          return values[0]
        }
      }
    }
    let store = ArtifactStore.inMemory()
    let result = try await graph.run(on: kind.backend, in: store)
    #expect(result.status == .cancelled)
    #expect(calls.names.count == 4)
    // The same command continues; its first four elements are known.
    #expect(try await graph.run(on: kind.backend, in: store).status == .succeeded)
    #expect(calls.names.count == 10)
  }

  @Test(arguments: BackendKind.all)
  func `elements that wait for a node outside do not keep it waiting`(
    kind: BackendKind
  ) async throws {
    let first = ForEach($numbers(6), limit: 1) { node("first", [$0]) }
    let results = ForEach($numbers(6), limit: 1) { number in
      node("second", [node("own", [number]), first[5]])
    }
    #expect(try await results.value(on: kind.backend).count == 6)
  }

  @Test func `a limit below one is an error before anything runs`() async throws {
    let graph = Graph { ForEach([1], limit: 0) { node("one", [$0]) } }
    let error = await #expect(throws: PipelineError.self) { try await graph.run() }
    #expect(error?.code == .misuse)
  }
}
