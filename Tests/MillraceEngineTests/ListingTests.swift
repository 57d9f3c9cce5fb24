import Millrace
import MillraceTesting
import Testing

/// What a run records of its nodes, and when it records nothing.
@Suite(.timeLimit(.minutes(10))) struct ListingTests {
  private func listing(_ result: RunResult, in store: ArtifactStore) throws -> RunListing {
    try #require(try store.listing(of: result.run))
  }

  /// The nodes whose values a parameter of a node was made of.
  private func sources(_ listing: RunListing, _ node: String, _ parameter: Int = 0) -> [String] {
    let input = listing.node(named: node)?.inputs.first { $0.parameter == parameter }
    return input.map { listing.nodes(of: $0.source).map { listing.nodes[$0].name } } ?? []
  }

  @Test(arguments: BackendKind.all)
  func `a run lists its nodes with keys, states and where each input came from`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    func graph(version: Int) -> Graph {
      Graph {
        let a = node("a")
        let b = node("b", [a], TaskAttributes(version: version, cache: .transient))
        let c = node("c", [a, b])
        node("d", [c, c], TaskAttributes(cache: .off))
      }
    }
    try await graph(version: 1).run(on: kind.backend, in: store)
    let result = try await graph(version: 2).run(on: kind.backend, in: store)
    let listing = try listing(result, in: store)
    #expect(listing.nodes.map(\.name) == ["a", "b", "c", "d"])
    #expect(listing.nodes.map(\.state) == [.hit, .executed, .executed, .executed])
    #expect(listing.tasks.map(\.parameters) == [[], ["p0"], ["p0", "p1"], ["p0", "p1"]])
    #expect(listing.tasks.map(\.fileID) == Array(repeating: "Tests/Nodes.swift", count: 4))
    #expect(sources(listing, "c", 0) == ["a"])
    #expect(sources(listing, "c", 1) == ["b"])
    #expect(sources(listing, "d", 1) == ["c"])
    #expect(listing.nodes[0].inputs.isEmpty)
    // What is not stored has no record, so its parts are here.
    let parts = try KeyParts(decoding: try #require(listing.nodes[1].encodedParts))
    #expect(Key(parts.key.digest) == listing.nodes[1].key)
    #expect(parts["version"] == .integer(2))
    #expect(listing.nodes[2].encodedParts == nil)
    #expect(listing.nodes[3].key == nil)
    let key = try #require(listing.nodes[2].key)
    #expect(store.find(key)?.run == result.run)
  }

  @Test(arguments: BackendKind.all)
  func `what takes a list, its elements and what is chosen by a value know their sources`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let graph = Graph {
      let list = $listed(3)
      let doubled = ForEach(list) { $doubled($0) }
      let sum = $summed(doubled)
      let chosen = When($isLarge(sum), then: { sum }, otherwise: { $doubled(sum) })
      $summed([chosen, sum])
    }
    let result = try await graph.run(on: kind.backend, in: store)
    let listing = try listing(result, in: store)
    let elements = listing.nodes.map(\.name).filter { $0.hasPrefix("doubled") }
    #expect(elements.count == 4)
    let sums = listing.nodes.filter { $0.name.hasPrefix("summed") }.map(\.name)
    let first = try #require(
      sums.first { sources(listing, $0).allSatisfy { elements.contains($0) } })
    #expect(sources(listing, first).count == 3)
    for element in sources(listing, first) { #expect(sources(listing, element) == ["listed"]) }
    let last = try #require(sums.first { $0 != first })
    let all = sources(listing, last)
    #expect(all.count == 3 && all.contains("isLarge") && all.contains(first))
    let other = try #require(all.first { elements.contains($0) })
    #expect(sources(listing, other) == [first])
  }

  @Test func `a failed run lists what was reached, and its failures`() async throws {
    struct Broken: Error {}
    let store = ArtifactStore.inMemory()
    let graph = Graph {
      let a = node("a")
      let b = node("b", [a]) { _, _ in throw Broken() }
      node("c", [b])
    }
    let result = try await graph.run(on: .local, in: store)
    let listing = try listing(result, in: store)
    #expect(listing.nodes.map(\.state) == [.executed, .failed, .skipped])
    #expect(listing.nodes[1].key != nil && listing.nodes[2].key == nil)
  }

  @Test func `a graph in which nothing can be stored has no listing`() async throws {
    let store = ArtifactStore.inMemory()
    let result = try await Graph { node("a", [], TaskAttributes(cache: .off)) }
      .run(on: .local, in: store)
    #expect(try store.listing(of: result.run) == nil)
    #expect(store.run(result.run)?.status == .succeeded)
  }

  @Test func `a listing that is too large for a record is an object, and comes back the same`()
    async throws
  {
    var options = StoreOptions()
    options.inlineLimit = 16
    let storage = Storage.memory()
    let store = try ArtifactStore(storage: storage, options: options)
    let result = try await Graph { node("a", [node("b")]) }.run(on: .local, in: store)
    let listing = try listing(result, in: store)
    #expect(try storage.blobs.list().count == 1)
    try store.close()
    let other = try ArtifactStore(storage: storage)
    #expect(try other.listing(of: result.run) == listing)
    try storage.blobs.delete(try #require(try storage.blobs.list().first))
    #expect(throws: StoreFailure.self) { try other.listing(of: result.run) }
  }

  // MARK: The view

  @Test(arguments: BackendKind.all)
  func `names are bound anew when another run has bound them in between`(
    kind: BackendKind
  ) async throws {
    let storage = Storage.memory()
    func graph(_ version: Int) -> Graph {
      Graph { node("a", [], TaskAttributes(version: version)) { _, _ in version }.named("a") }
    }
    func run(_ version: Int) async throws -> Digest? {
      let store = try ArtifactStore(storage: storage)
      try await graph(version).run(on: kind.backend, in: store)
      try store.close()
      return try ArtifactStore(storage: storage).resolve("graph/a")?.artifact
    }
    let (first, second) = (try await run(1), try await run(2))
    #expect(first != second)
    #expect(try await run(1) == first)
    #expect(try await run(1) == first)
    let earlier = try ArtifactStore(storage: storage)
    let record = try #require(earlier.resolve("graph/a").flatMap { earlier.find($0.key) })
    #expect(try await run(2) == second)
    // Somebody binds the name by hand.
    let store = try ArtifactStore(storage: storage)
    try store.bind("graph/a", to: record)
    try store.close()
    #expect(try ArtifactStore(storage: storage).resolve("graph/a")?.artifact == first)
    #expect(try await run(2) == second)
  }

  @Test func `a killed run's names are bound back by the next run`() async throws {
    let storage = Storage.memory()
    let graph = { (version: Int) in
      Graph {
        let a = node("a", [], TaskAttributes(version: version)) { _, _ in version }.named("a")
        node("b", [a]).named("b")
      }
    }
    let store = try ArtifactStore(storage: storage)
    try await graph(1).run(on: .local, in: store)
    let good = try #require(store.resolve("graph/a"))
    // What a run leaves that is killed after its first node.
    let killed = store.makeRunID()
    try store.beginRun(killed, pipeline: "graph")
    var facts = ArtifactFacts(codec: "cbor/1", parts: KeyParts(), task: "t", node: "a", run: killed)
    facts.pipeline = "graph"
    try [UInt8]([1]).withUnsafeBytes {
      _ = try store.save($0, for: Key(.sha256([9])), facts: facts)
    }
    #expect(store.resolve("graph/a") != good)
    try await graph(1).run(on: .local, in: store)
    #expect(store.resolve("graph/a")?.artifact == good.artifact)
    #expect(store.runs().map(\.status) == [.succeeded, nil, .succeeded])
  }

  @Test func `other names for the same keys are bound, and runs of equal views write nothing`()
    async throws
  {
    let counter = StorageCounter()
    func run(_ name: String) async throws {
      let store = try counter.open()
      try await Graph { node("a").named(name) }.run(on: .local, in: store)
      try store.close()
    }
    try await run("one")
    try await run("two")
    let names = try counter.open().names().map(\.name)
    #expect(names == ["graph/one", "graph/two"])
    let writes = counter.writes
    try await run("two")
    #expect(counter.writes == writes)
    try await run("one")
    // Its names stand, but the last run's were others.
    #expect(counter.writes == writes)
  }
}

@Task private func listed(_ count: Int) -> [Int] { Array(0..<count) }
@Task private func doubled(_ number: Int) -> Int { 2 * number }
@Task private func summed(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }
@Task private func isLarge(_ number: Int) -> Bool { number > 100 }
