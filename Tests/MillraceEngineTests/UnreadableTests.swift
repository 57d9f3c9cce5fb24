import Millrace
import MillraceTesting
import Testing

/// Hits whose bytes prove missing or damaged while the run is on.
@Suite(.timeLimit(.minutes(10))) struct UnreadableTests {
  enum Damage: CaseIterable { case lost, spoiled }

  private func damage(
    _ damage: Damage, _ names: [String], _ counter: StorageCounter, _ store: ArtifactStore
  ) throws {
    for name in names {
      switch damage {
      case .lost: try counter.lose(name, in: store)
      case .spoiled: try counter.spoil(name, in: store)
      }
    }
  }

  @Test(arguments: BackendKind.all, Damage.allCases)
  func `a damaged artifact is made again, with the ancestors that it needs`(
    kind: BackendKind, damage: Damage
  ) async throws {
    let counter = StorageCounter()
    let calls = Calls()
    func graph(version: Int) -> (Graph, Node<Int>) {
      let a = node("a", calls: calls)
      let b = node("b", [a], calls: calls)
      let c = node("c", [b, a], calls: calls)
      let d = node("d", [c], TaskAttributes(version: version), calls: calls)
      return (Graph { d }, d)
    }
    let store = try counter.open()
    try await graph(version: 1).0.run(on: kind.backend, in: store)
    try self.damage(damage, ["b", "c"], counter, store)
    _ = calls.take()
    let (changed, d) = graph(version: 2)
    let fresh = try counter.open()
    let result = try await changed.run(on: kind.backend, in: fresh)
    #expect(calls.take() == ["b", "c", "d"])
    #expect(try result.value(of: d) == 5)
    #expect(result.status == .succeeded)
    #expect(result.hitNames == ["a"])
    #expect(result.executedNames == ["b", "c", "d"])
    let again = try await changed.run(on: kind.backend, in: counter.open())
    #expect(again.executed == 0 && again.hits == 4)
  }

  @Test(arguments: BackendKind.all, [CachePolicy.transient, .off])
  func `an input between that is not stored is made again as well`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let counter = StorageCounter()
    let calls = Calls()
    func graph(version: Int) -> (Graph, Node<Int>) {
      let a = node("a", calls: calls)
      let t = node("t", [a], TaskAttributes(cache: cache), calls: calls)
      let u = node("u", [t], TaskAttributes(cache: cache), calls: calls)
      let b = node("b", [u, a], calls: calls)
      let d = node("d", [b], TaskAttributes(version: version), calls: calls)
      return (Graph { d }, d)
    }
    try await graph(version: 1).0.run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    try damage(.spoiled, ["a", "b"], counter, store)
    _ = calls.take()
    let (changed, d) = graph(version: 2)
    let result = try await changed.run(on: kind.backend, in: store)
    #expect(try result.value(of: d) == 6)
    #expect(calls.count("a") == 1 && calls.count("b") == 1 && calls.count("d") == 1)
    #expect(result.status == .succeeded)
  }

  @Test(arguments: BackendKind.all)
  func `nodes of one key whose artifact is damaged are made again once`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let calls = Calls()
    func graph(version: Int) -> (Graph, Node<Int>) {
      let twins = (0..<6).map { _ in node("twin", calls: calls) }
      let d = node("d", twins, TaskAttributes(version: version))
      return (Graph { d }, d)
    }
    try await graph(version: 1).0.run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    let record = try #require(store.names().first { $0.name.hasPrefix("graph/twin") })
    let bytes = [UInt8](repeating: 0xFF, count: record.size)
    try counter.base.blobs.delete(record.artifact)
    try bytes.withUnsafeBytes {
      try counter.base.blobs.put($0, as: record.artifact, replacing: false)
    }
    _ = calls.take()
    let (changed, d) = graph(version: 2)
    let result = try await changed.run(on: kind.backend, in: store)
    #expect(try result.value(of: d) == 7)
    #expect(calls.names == ["twin"])
  }

  @Test func `bytes of another type are a miss`() async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    func graph(version: Int) -> (Graph, Node<Int>) {
      let a = node("a", calls: calls) { _, _ in 1 }
      let d = node("d", [a], TaskAttributes(version: version))
      return (Graph { d }, d)
    }
    try await graph(version: 1).0.run(in: store)
    let binding = try #require(store.resolve("graph/a"))
    let record = try #require(store.find(binding.key))
    // The same key, with a text where a number was.
    try CBOR.encode("text").withUnsafeBytes {
      _ = try store.save($0, for: record.key, facts: record.facts)
    }
    let (changed, d) = graph(version: 2)
    let result = try await changed.run(in: store)
    #expect(try result.value(of: d) == 2)
    #expect(result.executedNames == ["a", "d"])
    #expect(calls.names == ["a", "a"])
  }

  @Test func `a value that can never be read back is used from memory`() async throws {
    let store = ArtifactStore.inMemory()
    let lines = $lineCounts(ForEach([1, 1, 2]) { $unreadable($0) })
    #expect(try await lines.value(in: store) == [1, 1, 2])
    let more = $lineCounts(ForEach([1, 1, 2, 2, 3]) { $unreadable($0) })
    #expect(try await more.value(in: store) == [1, 1, 2, 2, 3])
  }

  @Test func `the value that is asked for may be the damaged one`() async throws {
    let counter = StorageCounter()
    let a = node("a", [node("b")])
    let store = try counter.open()
    #expect(try await a.value(in: store) == 2)
    try counter.spoil("a", in: store)
    #expect(try await a.value(in: counter.open()) == 2)
  }
}

@Task private func unreadable(_ count: Int) -> Unreadable { Unreadable(count: count) }
@Task private func lineCounts(_ values: [Unreadable]) -> [Int] { values.map(\.count) }

/// Encodes, and never decodes.
private struct Unreadable: Codable, Sendable {
  var count: Int
  init(count: Int) { self.count = count }
  init(from decoder: any Decoder) throws { throw CancellationError() }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }
}
