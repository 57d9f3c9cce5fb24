import Millrace
import MillraceTesting
import Testing

@Task private func isLarge(_ number: Int) -> Bool { number > 10 }
@Task private func isOdd(_ number: Int) throws -> Bool {
  if number < 0 { throw Negative() }
  return number % 2 == 1
}
@Task private func described(_ number: Int?) -> String { number.map { "\($0)" } ?? "none" }
@Task(cache: .transient) private func opaque(_ number: Int) -> Opaque { Opaque(number: number) }
@Task private func opened(_ value: Opaque?) -> Int { value?.number ?? -1 }

private struct Negative: Error {}
private struct Opaque: Sendable { var number: Int }

@Suite(.timeLimit(.minutes(10))) struct WhenTests {
  @Test(arguments: BackendKind.all, [false, true])
  func `only the chosen arm runs, and what both share runs`(
    kind: BackendKind, holds: Bool
  ) async throws {
    let calls = Calls()
    let shared = node("shared", calls: calls)
    let result = When($isLarge(node("size") { _, _ in holds ? 20 : 2 })) {
      node("then", [shared, node("only then", calls: calls)], calls: calls)
    } otherwise: {
      node("otherwise", [shared, node("only otherwise", calls: calls)], calls: calls)
    }
    let store = ArtifactStore.inMemory()
    let last = node("last", [result], calls: calls)
    #expect(try await last.value(on: kind.backend, in: store) == 4)
    let arm = holds ? "then" : "otherwise"
    #expect(calls.take().sorted() == [arm, "last", "only \(arm)", "shared"].sorted())
    // The second run reads the condition and executes nothing.
    let again = try await Graph { last }.run(on: kind.backend, in: store)
    #expect(again.executed == 0 && again.status == .succeeded)
    #expect(calls.take().isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `a leaf that is an arm runs as a leaf of its own does`(kind: BackendKind) async throws {
    for policy in ExhaustiveRunTests.policies {
      let calls = Calls()
      let graph = Graph {
        When(true) {
          node("then", [], TaskAttributes(cache: policy), calls: calls)
        } otherwise: {
          node("otherwise", [], TaskAttributes(cache: policy), calls: calls)
        }
      }
      let result = try await graph.run(on: kind.backend)
      #expect(calls.names == ["then"])
      #expect(result.status == .succeeded)
    }
  }

  @Test(arguments: BackendKind.all)
  func `without another arm the value is nil`(kind: BackendKind) async throws {
    let calls = Calls()
    let store = ArtifactStore.inMemory()
    func text(_ holds: Bool) async throws -> String {
      try await $described(When($isLarge(holds ? 11 : 1)) { node("arm", calls: calls) })
        .value(on: kind.backend, in: store)
    }
    #expect(try await text(false) == "none")
    #expect(calls.take().isEmpty)
    #expect(try await text(true) == "1")
    #expect(calls.take() == ["arm"])
    #expect(try await text(true) == "1")
    #expect(calls.take().isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `a value that cannot be encoded may be an arm`(kind: BackendKind) async throws {
    for number in [3, 4] {
      let value = When($isOdd(number)) { $opaque(number) }
      let store = ArtifactStore.inMemory()
      #expect(
        try await $opened(value).value(on: kind.backend, in: store) == (number == 3 ? 3 : -1))
      let again = try await Graph { $opened(value) }.run(on: kind.backend, in: store)
      #expect(again.executed == 0)
    }
  }

  @Test(arguments: BackendKind.all)
  func `arms nest, and work inside of a template`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    let results = ForEach([1, 2, 20, 21]) { number in
      When($isLarge(number)) {
        When($isOdd(number)) {
          node("large odd", [number], calls: calls)
        } otherwise: {
          ForEach([1]) { node("large even", [number, $0], calls: calls) }[0]
        }
      } otherwise: {
        node("small", [number], calls: calls)
      }
    }
    for expected in [["large even", "large odd", "small", "small"], []] {
      #expect(try await results.value(on: kind.backend, in: store) == [2, 3, 22, 22])
      #expect(calls.take().sorted() == expected)
    }
    let plan = try await Graph { node("sum", [results[3]]) }.plan(in: store)
    #expect(plan.nodes.filter { $0.state == .run }.map(\.name) == ["sum"])
  }

  @Test(arguments: BackendKind.all)
  func `a failure in the chosen arm, or in the condition, ends what follows`(
    kind: BackendKind
  ) async throws {
    for (number, failing) in [(-1, "isOdd"), (1, "bad")] {
      let bad = node("bad") { _, _ in throw Negative() }
      let good = node("good", [bad])
      let graph = Graph {
        node(
          "last",
          [
            When($isOdd(number)) {
              good
            } otherwise: {
              node("other")
            }
          ])
        node("beside")
      }
      let result = try await graph.run(
        on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
      #expect(result.names(.failed) == [failing])
      #expect(result.names(.skipped).contains("last"))
      #expect(result.names(.executed).contains("beside"))
      #expect(!result.names(.executed).contains("other"))
    }
  }

  @Test(arguments: BackendKind.all)
  func `a failing node of the other arm is never met`(kind: BackendKind) async throws {
    let value = When($isLarge(2)) {
      node("bad") { _, _ in throw Negative() }
    } otherwise: {
      node("good")
    }
    #expect(try await value.value(on: kind.backend) == 1)
  }

  @Test(arguments: BackendKind.all)
  func `a run that its condition cancels chooses no arm`(kind: BackendKind) async throws {
    let calls = Calls()
    let size = node("size") { _, context in
      context.cancellation.cancel()
      return 20
    }
    let graph = Graph {
      When($isLarge(size)) {
        node("a", calls: calls)
      } otherwise: {
        node("b", calls: calls)
      }
    }
    let result = try await graph.run(on: kind.backend)
    #expect(result.status == .cancelled)
    #expect(calls.names.isEmpty)
  }

  @Test func `a plan knows the arm of a stored condition, and waits for one that must run`()
    async throws
  {
    let store = ArtifactStore.inMemory()
    let condition = $isLarge(5)
    let graph = Graph {
      node(
        "last",
        [
          When(condition) {
            node("then")
          } otherwise: {
            node("otherwise")
          }
        ])
    }
    let before = try await graph.plan(in: store)
    #expect(before.nodes.map(\.state) == [.run, .waiting])
    #expect(before.nodes.last?.reason == .waitsFor(["isLarge"]))
    try await Graph { condition }.run(in: store)
    let after = try await graph.plan(in: store)
    #expect(after.nodes.map(\.name) == ["isLarge", "otherwise", "last"])
    #expect(after.nodes.map(\.state) == [.hit, .run, .waiting])
  }

  @Test func `the arms' values do not stay in memory`() async throws {
    let calls = Calls()
    let shared = node("shared", [], TaskAttributes(cache: .transient), calls: calls)
    let other = node("other", [shared], TaskAttributes(cache: .transient), calls: calls)
    let kept = When(true) {
      node("arm", [shared])
    } otherwise: {
      other
    }
    let result = try await Graph { kept }.run(
      options: .with { $0.keepingValues = [kept.erased] })
    #expect(try result.value(of: kept) == 2)
    #expect(calls.names == ["shared"])
    #expect(throws: PipelineError.self) { try result.value(of: shared) }
  }
}
