import Millrace
import MillraceTesting
import Synchronization
import Testing

/// Tasks that are not deterministic: what they gave is kept, and said.
@Suite(.timeLimit(.minutes(10))) struct ConflictTests {
  /// Gives 1, 2, 3 and so on.
  private final class Changing: Sendable {
    private let last = Atomic<Int>(0)
    func next() -> Int { last.add(1, ordering: .relaxed).newValue }
  }

  @Test(arguments: BackendKind.all)
  func `other bytes for a key are kept, counted and reported with both digests and runs`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let changing = Changing()
    func graph(version: Int) -> Graph {
      let a = node("a") { _, _ in changing.next() }
      return Graph(leaves: [node("b", [a], TaskAttributes(version: version)).erased])
    }
    let first = try await graph(version: 1).run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    #expect(store.conflicts().isEmpty)
    try counter.lose("a", in: store)
    let second = try await graph(version: 2).run(on: kind.backend, in: store)
    #expect(second.executedNames == ["a", "b"])

    let conflict = try #require(store.conflicts().first)
    #expect(store.conflicts().count == 1)
    #expect(conflict.results.map(\.run) == [second.run, first.run])
    #expect(conflict.results.map(\.node) == ["a", "a"])
    #expect(conflict.results[0].artifact == .sha256(try CBOR.encode(2)))
    #expect(conflict.results[1].artifact == .sha256(try CBOR.encode(1)))
    #expect(store.find(conflict.key)?.artifact == conflict.results[0].artifact)
    let warning = try #require(store.warnings.first { $0.code == .differingResults })
    for result in conflict.results {
      #expect(warning.message.contains(result.artifact.hex.prefix(12)))
      #expect(warning.message.contains(try #require(result.run).shortForm))
    }
    #expect(warning.message.contains("'a'"))
    // The record of the first result stands where it stood, and whoever opens the store later sees both.
    let later = try counter.open()
    let seen = try #require(later.conflict(of: conflict.key))
    #expect(seen.results.map(\.artifact) == conflict.results.map(\.artifact))
    #expect(later.warnings.isEmpty)
  }

  @Test func `two runs at once that differ are found by who asks`() async throws {
    let counter = StorageCounter()
    let changing = Changing()
    func graph() -> Graph { Graph { node("a") { _, _ in changing.next() } } }
    let (one, other) = (try counter.open(), try counter.open())
    try await graph().run(in: one)
    try await graph().run(in: other)
    #expect(one.conflicts().isEmpty && other.conflicts().isEmpty)
    try one.refresh()
    #expect(one.conflicts().count == 1)
  }

  @Test func `an invalidation ends a conflict, and the records stay`() async throws {
    let store = ArtifactStore.inMemory()
    let facts = ArtifactFacts(codec: "bytes/1", encodedParts: [0xa0], task: "T", node: "n")
    let key = Key(.sha256([1]))
    func save(_ byte: UInt8) throws {
      _ = try [byte].withUnsafeBytes { try store.save($0, for: key, facts: facts) }
    }
    for byte in [1, 2, 1, 3] as [UInt8] { try save(byte) }
    #expect(store.conflict(of: key)?.results.count == 3)
    try store.invalidate(key, reason: "seen")
    #expect(store.conflicts().isEmpty && store.conflict(of: key) == nil)
    try save(9)
    #expect(store.conflicts().isEmpty)
    #expect(store.records(of: key).count == 5)
    try save(8)
    #expect(store.conflicts().map { $0.results.count } == [2])
    #expect(store.warnings.count == 4)
  }
}
