import Millrace
import MillraceTesting
import Synchronization
import Testing

private let calls = Mutex<[String: Int]>([:])

@Task(ignoring: ["scope"])
private func merge(_ first: Int, _ second: Int, scope: String) -> Int {
  calls.withLock { $0[scope, default: 0] += 1 }
  return 0
}

@Task(ignoring: ["previous", "scope"])
private func refine(_ value: Int, previous: Int?, scope: String) -> Int {
  calls.withLock { $0[scope, default: 0] += 1 }
  return value
}

/// Nodes of one key of which one is made from the other.
@Suite(.timeLimit(.minutes(10))) struct EqualKeyTests {
  /// Options with which a run goes the short way, and the long one.
  enum Way: CaseIterable {
    case short, long
    var options: RunOptions { .with { if self == .long { $0.jobs = 2 } } }
  }

  private func called(_ scope: String) -> Int { calls.withLock { $0[scope] ?? 0 } }

  private func value(
    of node: Node<Int>, _ kind: BackendKind, _ way: Way, in store: ArtifactStore
  ) async throws -> (Int, RunResult) {
    var options = way.options
    options.keepingValues = [node.erased]
    let result = try await Graph { node }.run(on: kind.backend, in: store, options: options).get()
    return (try result.value(of: node), result)
  }

  /// The first ignores what it is made from, so its key is known before that of the other.
  @Test(arguments: BackendKind.all, Way.allCases)
  func `an ignored input of the same key is made first, and once`(
    kind: BackendKind, way: Way
  ) async throws {
    let scope = "ignored \(kind.testDescription) \(way)"
    let store = ArtifactStore.inMemory()
    let first = $refine(7, previous: nil, scope: scope).named("first")
    let second = $refine(7, previous: Optional(first), scope: scope).named("second")
    let third = $refine(7, previous: Optional(second), scope: scope).named("third")
    let (value, result) = try await value(of: third, kind, way, in: store)
    #expect(value == 7)
    #expect(result.executed == called(scope) && called(scope) == 1)
    #expect(try await self.value(of: third, kind, way, in: store).1.executed == 0)
  }

  @Test(arguments: BackendKind.all, Way.allCases)
  func `a damaged result that is made of an equal one is made again`(
    kind: BackendKind, way: Way
  ) async throws {
    let scope = "damaged \(kind.testDescription) \(way)"
    let counter = StorageCounter()
    // Both give 0, so the second is called with what the first is called with.
    let first = $merge(0, 0, scope: scope).named("first")
    let second = $merge(0, first, scope: scope).named("second")
    let store = try counter.open()
    #expect(try await value(of: second, kind, way, in: store).0 == 0)
    #expect(called(scope) == 1)

    try counter.spoil("first", in: store)
    let (value, result) = try await value(of: second, kind, way, in: counter.open())
    #expect(value == 0)
    #expect(result.status == .succeeded && result.executed == 1)
    #expect(called(scope) == 2)
    #expect(try await self.value(of: second, kind, way, in: counter.open()).1.executed == 0)
  }
}
