import Millrace
import MillraceTesting
import Testing

@Task private func isAtLeast(_ value: Int, _ bound: Int) throws -> Bool {
  if value < 0 { throw Negative() }
  return value >= bound
}
@Task(cache: .off) private func isFreshAtLeast(_ value: Int, _ bound: Int) -> Bool {
  value >= bound
}

private struct Negative: Error {}

@Suite(.timeLimit(.minutes(10))) struct RepeatTests {
  @Test(arguments: BackendKind.all, [0, 1, 5])
  func `steps are taken until the condition holds, and found by a second run`(
    kind: BackendKind, steps: Int
  ) async throws {
    for policy in ExhaustiveRunTests.policies {
      let store = ArtifactStore.inMemory()
      let calls = Calls()
      let last = node(
        "last",
        [
          Repeat(from: node("start"), until: { $isAtLeast($0, steps + 1) }) {
            node("step", [$0], TaskAttributes(cache: policy), calls: calls)
          }
        ])
      #expect(try await last.value(on: kind.backend, in: store) == steps + 2)
      #expect(calls.take().count == steps)
      let again = try await Graph { last }.run(on: kind.backend, in: store)
      #expect(again.executed == (policy == .off ? steps : 0))
      let plan = try await Graph { last }.plan(in: store)
      if policy == .stored { #expect(plan.nodes.allSatisfy { $0.state == .hit }) }
    }
  }

  @Test(arguments: BackendKind.all)
  func `a condition that is never cached is asked in every run`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let result = Repeat(from: 0, until: { $isFreshAtLeast($0, 3) }) { node("step", [$0]) }
    #expect(try await result.value(on: kind.backend, in: store) == 3)
    let again = try await Graph { result }.run(on: kind.backend, in: store)
    #expect(again.executed == 4 && again.hits == 3)
  }

  @Test(arguments: BackendKind.all)
  func `the limit is a clear error`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    func result(_ limit: Int) -> Node<Int> {
      Repeat(from: 0, limit: limit, until: { $isAtLeast($0, 5) }) { node("step", [$0]) }
    }
    #expect(try await result(5).value(on: kind.backend, in: store) == 5)
    // Whether the steps are known or not.
    for store in [store, .inMemory()] {
      let error = await #expect(throws: PipelineError.self) {
        try await result(4).value(on: kind.backend, in: store)
      }
      #expect(error?.code == .limitExceeded)
      #expect(error?.message.contains("4 steps") == true)
    }
    let misuse = await #expect(throws: PipelineError.self) { try await result(0).value() }
    #expect(misuse?.code == .misuse)
  }

  @Test(arguments: BackendKind.all)
  func `repetitions nest and work inside of a template`(kind: BackendKind) async throws {
    let bound = node("bound") { _, _ in 10 }
    let results = ForEach([1, 7, 30]) { number in
      Repeat(from: number, until: { $isAtLeast($0, bound) }) { outer in
        Repeat(from: outer, until: { $isAtLeast($0, node("next", [outer])) }) {
          node("step", [$0, number])
        }
      }
    }
    func expected(_ number: Int) -> Int {
      var value = number
      while value < 10 {
        let outer = value
        while value < outer + 1 { value += number + 1 }
      }
      return value
    }
    #expect(try await results.value(on: kind.backend) == [1, 7, 30].map(expected))
  }

  @Test(arguments: BackendKind.all)
  func `a failure says in which round`(kind: BackendKind) async throws {
    let graph = Graph {
      Repeat(from: 0, until: { $isAtLeast($0, 5) }) {
        node("step", [$0]) { values, _ in
          if values[0] == 2 { throw Negative() }
          return values[0] + 1
        }
      }
    }
    let result = try await graph.run(on: kind.backend)
    #expect(result.failures.map(\.places) == [[.round(3)]])
    #expect(result.failures.first?.message.contains("for round 3") == true)
    let condition = try await Graph {
      Repeat(from: -1, until: { $isAtLeast($0, 5) }) { node("step", [$0]) }
    }.run(on: kind.backend)
    #expect(condition.failures.map(\.places) == [[.round(1)]])
  }

  @Test(arguments: BackendKind.all)
  func `a cancelled run continues where it was`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    let graph = Graph {
      Repeat(from: 0, until: { $isAtLeast($0, 6) }) {
        node("step", [$0], calls: calls) { values, context in
          if calls.names.count == 3 { context.cancellation.cancel() }
          return values[0] + 1
        }
      }
    }
    #expect(try await graph.run(on: kind.backend, in: store).status == .cancelled)
    #expect(calls.names.count == 3)
    #expect(try await graph.run(on: kind.backend, in: store).status == .succeeded)
    #expect(calls.names.count == 6)
  }

  @Test func `states do not stay in memory`() async throws {
    let first = node("first", [], TaskAttributes(cache: .off))
    let result = try await Graph {
      Repeat(from: first, until: { $isFreshAtLeast($0, 50) }) {
        node("step", [$0], TaskAttributes(cache: .off))
      }
    }.run()
    #expect(result.status == .succeeded && result.executed == 100)
    #expect(throws: PipelineError.self) { try result.value(of: first) }
  }
}
