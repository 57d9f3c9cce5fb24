import Foundation
import Millrace
import MillraceTesting
import Testing

@Task private func page(_ number: Int) -> String { "<p>\(number)</p>" }

/// What a run leaves behind: names, exports, its record.
@Suite(.timeLimit(.minutes(10))) struct ResultTests {
  @Test(arguments: BackendKind.all)
  func `each stored node is bound to its name`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let result = try await Graph {
      let a = node("a") { _, _ in 41 }
      node("t", [node("b", [a]).named("best")], TaskAttributes(cache: .transient))
    }.run(on: kind.backend, in: store, options: .with { $0.pipeline = "demo" })
    #expect(store.names().map(\.name) == ["demo/a", "demo/best"])
    let binding = try #require(store.resolve("demo/best"))
    #expect(try CBOR.decode(Int.self, from: store.load(binding)) == 42)
    #expect(binding.run == result.run)
  }

  @Test func `a name follows the latest result`() async throws {
    let store = ArtifactStore.inMemory()
    func run(_ value: Int) async throws -> Int {
      try await Graph { node("n", [], TaskAttributes(version: value)) { _, _ in value } }
        .run(in: store)
      return try CBOR.decode(Int.self, from: store.load(#require(store.resolve("graph/n"))))
    }
    #expect(try await run(1) == 1)
    #expect(try await run(2) == 2)
    // A hit, and bound again all the same.
    #expect(try await run(1) == 1)
  }

  @Test(arguments: BackendKind.all)
  func `exports are written, left alone and restored`(kind: BackendKind) async throws {
    let folder = try TemporaryFolder()
    let store = ArtifactStore.inMemory()
    func run(_ number: Int) async throws -> RunResult {
      try await Graph { $page(number).exported(as: "out/page.html") }.run(
        on: kind.backend, in: store, options: .with { $0.exportFolder = folder.path })
    }
    try folder.makeFolder("out")
    let first = try await run(1)
    #expect(first.exports == [folder.path("out/page.html")])
    #expect(try folder.read("out/page.html") == Array("<p>1</p>".utf8))
    let stamp = try FileStamp(ofFileAt: folder.path("out/page.html"))
    _ = try await run(1)
    #expect(try FileStamp(ofFileAt: folder.path("out/page.html")) == stamp)
    try folder.remove("out/page.html")
    #expect(try await run(1).hits == 1)
    #expect(try folder.read("out/page.html") == Array("<p>1</p>".utf8))
    try folder.write("<p>9</p>", to: "out/page.html")
    _ = try await run(1)
    #expect(try folder.read("out/page.html") == Array("<p>1</p>".utf8))
    _ = try await run(2)
    #expect(try folder.read("out/page.html") == Array("<p>2</p>".utf8))
    #expect(folder.files() == ["out/page.html"])
  }

  @Test func `an export replaces the file and never writes into it`() async throws {
    let folder = try TemporaryFolder()
    try folder.write("old", to: "page.html")
    // A second link to the old file shows whether it was written into.
    try FileManager.default.linkItem(
      atPath: folder.path("page.html"), toPath: folder.path("link.html"))
    try await Graph { $page(1).exported(as: "page.html") }.run(
      options: .with { $0.exportFolder = folder.path })
    #expect(try folder.read("page.html") == Array("<p>1</p>".utf8))
    #expect(try folder.read("link.html") == Array("old".utf8))
    #expect(folder.files() == ["link.html", "page.html"])
  }

  @Test func `a failed run exports nothing`() async throws {
    let folder = try TemporaryFolder()
    let result = try await Graph {
      $page(1).exported(as: "page.html")
      node("bad") { _, _ in throw CancellationError() }
    }.run(options: .with { $0.exportFolder = folder.path })
    #expect(result.status == .failed)
    #expect(result.exports.isEmpty && folder.files().isEmpty)
  }

  @Test func `an export that cannot be written is an error that names node and path`()
    async throws
  {
    let folder = try TemporaryFolder()
    try folder.write("file", to: "sub")
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { $page(1).exported(as: "sub/page.html") }.run(
        options: .with { $0.exportFolder = folder.path })
    }
    #expect(error?.code == .output && error?.node == "page")
    #expect(error?.message.contains("sub/page.html") == true)
  }

  @Test func `a cached run on disk writes nothing at all`() async throws {
    let folder = try TemporaryFolder()
    let path = folder.path("store")
    let graph = Graph { node("c", (0..<5).map { node("n\($0)") }) }
    do {
      let store = try ArtifactStore.open(at: path)
      #expect(try await graph.run(in: store).executed == 6)
      try store.close()
    }
    let before = try folder.files().map { try FileStamp(ofFileAt: folder.path($0)) }
    let store = try ArtifactStore.open(at: path)
    #expect(try await graph.run(in: store).hits == 6)
    try store.close()
    #expect(try folder.files().map { try FileStamp(ofFileAt: folder.path($0)) } == before)
    #expect(store.runs().count == 1)
  }

  @Test func `a store that can only be read gives hits, and an error for the rest`() async throws {
    let counter = StorageCounter()
    func graph(version: Int) -> Graph {
      Graph { node("b", [node("a")], TaskAttributes(version: version)) }
    }
    try await graph(version: 1).run(in: counter.open())
    let writes = counter.writes
    let store = try counter.open(readOnly: true)
    let cached = try await graph(version: 1).run(in: store)
    #expect(cached.status == .succeeded && cached.hits == 2)
    let missed = try await graph(version: 2).run(in: store)
    #expect(missed.status == .failed)
    #expect(missed.failures.first?.code == .output)
    #expect(missed.failures.first?.node == "b")
    #expect(counter.writes == writes)
  }

  @Test func `the log says how a run went`() async throws {
    let store = ArtifactStore.inMemory()
    let result = try await Graph { node("b", [node("a")]) }.run(
      in: store, options: .with { $0.pipeline = "demo" })
    let record = try #require(store.run(result.run))
    #expect(record.pipeline == "demo" && record.status == .succeeded)
    #expect(record.counts == RunCounts(nodes: 2, executed: 2, hits: 0, failed: 0))
  }
}
