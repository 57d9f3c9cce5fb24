import Millrace
import MillraceTesting
import Synchronization
import Testing

/// Tasks that run again only to be compared with their results.
@Suite(.timeLimit(.minutes(10))) struct DeterminismTests {
  private let calls = Calls()
  private let turns = Turns()

  /// Counts, so that no two calls give the same.
  private final class Turns: Sendable {
    private let count = Mutex(0)
    func next() -> Int {
      count.withLock { count in
        count += 1
        return count
      }
    }
  }

  private func graph(isSteady: Bool = true) -> Graph {
    Graph {
      let a = node("a", calls: calls)
      let b = node("b", [a], calls: calls) { [turns] inputs, _ in
        isSteady ? inputs[0] : turns.next()
      }
      node("c", [b], calls: calls)
    }
  }

  @Test(arguments: BackendKind.all)
  func `only the nodes that are asked for run again, and nothing is recorded`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    try await graph().run(on: kind.backend, in: store)
    let (runs, history) = (store.runs().count, store.history(of: "graph/b").count)
    _ = calls.take()
    let checks = try await graph().checkDeterminism(of: "b", on: kind.backend, in: store)
    #expect(calls.take() == ["b"])
    #expect(checks.map(\.node) == ["b"] && checks.allSatisfy(\.isSame))
    #expect(try await graph().checkDeterminism(of: "*", on: kind.backend, in: store).count == 3)
    #expect(calls.take() == ["a", "b", "c"])
    #expect(store.runs().count == runs && store.history(of: "graph/b").count == history)
  }

  @Test(arguments: BackendKind.all)
  func `other bytes are told, and the earlier ones go on to count`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    try await graph(isSteady: false).run(on: kind.backend, in: store)
    let before = store.resolve("graph/b")
    let checks = try await graph(isSteady: false)
      .checkDeterminism(of: "[bc]", on: kind.backend, in: store)
    #expect(checks.map(\.node) == ["b", "c"])
    // What takes its value takes the stored one.
    #expect(checks.map(\.isSame) == [false, true])
    #expect(checks[0].expected.artifact == before?.artifact)
    #expect(store.resolve("graph/b") == before)
    #expect(store.conflicts().isEmpty)
  }

  @Test func `elements of a list can be compared`() async throws {
    let store = ArtifactStore.inMemory()
    let graph = Graph { ForEach($threeNumbers()) { $negated($0) } }
    try await graph.run(in: store)
    let checks = try await graph.checkDeterminism(of: "negated*", in: store)
    #expect(checks.count == 3 && checks.allSatisfy(\.isSame))
  }

  @Test func `what has no result, or none that is up to date, is refused`() async throws {
    let store = ArtifactStore.inMemory()
    let first = await #expect(throws: PipelineError.self) {
      try await graph().checkDeterminism(of: "b", in: store)
    }
    #expect(first?.code == .misuse && "\(first!)".contains("Run the pipeline first"))
    try await graph().run(in: store)
    let second = await #expect(throws: PipelineError.self) {
      try await graph().checkDeterminism(of: "x*", in: store)
    }
    #expect(second?.code == .unknownNode)
  }
}

@Task private func threeNumbers() -> [Int] { [1, 2, 3] }
@Task private func negated(_ number: Int) -> Int { -number }
