import Foundation
import Millrace
import MillraceTesting
import Testing

@Task private func page(_ text: String) -> String { "<p>\(text)</p>" }
@Task(cache: .transient) private func passing(_ text: String) -> String { text }
@Task private func list() -> [String] { ["a", "b"] }

/// What a run leaves: exported files, printed texts, names.
@Suite struct OutcomeTests {
  private let folder: URL
  private let store: ArtifactStore

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "shown-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    // Nothing inline, so that artifacts are files that can be damaged.
    var options = StoreOptions()
    options.inlineLimit = 0
    store = try .open(at: folder.appending(path: "store").path, options: options)
  }

  private func run(_ graph: Graph) async throws -> (RunResult, texts: [String]) {
    let recorder = EventRecorder()
    var options = RunOptions()
    options.exportFolder = folder.path
    options.observers = [recorder]
    let result = try await graph.run(in: store, options: options)
    let texts = recorder.events.compactMap { event in
      if case .printed(_, let text) = event { text } else { nil }
    }
    return (result, texts)
  }

  private func damageObjects() throws {
    let objects = folder.appending(path: "store/objects")
    for name in try FileManager.default.subpathsOfDirectory(atPath: objects.path) {
      let file = objects.appending(path: name)
      guard try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true else {
        continue
      }
      let size = try Data(contentsOf: file).count
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file.path)
      try Data(repeating: 0, count: size).write(to: file)
    }
  }

  @Test func `a text is printed after a run and after a hit`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let graph = Graph { $page("a").printed() }
    #expect(try await run(graph).texts == ["<p>a</p>"])
    let (second, texts) = try await run(graph)
    #expect(second.executed == 0 && texts == ["<p>a</p>"])
  }

  @Test func `a damaged artifact that is to be shown is made again in the same run`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let graph = Graph { $page("a").exported(as: "a.html").printed() }
    try await run(graph).0.get()
    try damageObjects()
    try FileManager.default.removeItem(at: folder.appending(path: "a.html"))
    let (result, texts) = try await run(graph)
    #expect(try result.get().executed == 1 && texts == ["<p>a</p>"])
    #expect(
      try String(contentsOf: folder.appending(path: "a.html"), encoding: .utf8) == "<p>a</p>")
  }

  @Test func `an export does not replace what is no file`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "out"), withIntermediateDirectories: true)
    let graph = Graph { $page("a").exported(as: "out") }
    let error = await #expect(throws: PipelineError.self) { try await run(graph) }
    #expect(error?.code == .output)
  }

  @Test func `an export that fails loses no result`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "out"), withIntermediateDirectories: true)
    await #expect(throws: PipelineError.self) {
      try await run(Graph { $page("a").exported(as: "out") })
    }
    // Another reader sees only what has been written out.
    let other = try ArtifactStore.open(at: folder.appending(path: "store").path, readOnly: true)
    let binding = try #require(other.resolve("graph/page"))
    #expect(try other.load(binding) == Array("<p>a</p>".utf8))
    #expect(other.runs().map(\.status) == [.succeeded])
  }

  @Test func `what is not stored can be neither exported nor printed`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    for graph in [
      Graph { $passing("a").printed() }, Graph { $page("a").cache(.off).exported(as: "a") },
    ] {
      let error = await #expect(throws: PipelineError.self) { try await run(graph) }
      #expect(error?.code == .misuse)
    }
  }

  @Test func `a node inside of a ForEach cannot be exported`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let graph = Graph { ForEach($list()) { $page($0).exported(as: "a") } }
    let error = await #expect(throws: PipelineError.self) { try await run(graph) }
    #expect(error?.code == .misuse)
  }

  @Test func `names are found by a glob`() async throws {
    defer { try? FileManager.default.removeItem(at: folder) }
    let graph = Graph {
      $page("a").named("page/a")
      $page("b").named("page/b")
      $list()
    }
    try await run(graph).0.get()
    #expect(store.names(matching: "graph/page/*").map(\.name) == ["graph/page/a", "graph/page/b"])
    #expect(store.names(matching: "*[!ab]").map(\.name) == ["graph/list"])
  }
}
