import Millrace
import MillraceTesting
import Synchronization
import Testing

@Task private func text(_ file: InputFile) throws -> String { try file.text() }
@Task private func size(_ file: InputFile) throws -> Int { try file.bytes().count }
@Task private func total(_ files: [InputFile]) throws -> Int {
  try files.reduce(0) { try $0 + $1.bytes().count }
}
@Task private func read(_ source: Source) throws -> String { try source.file.text() }
@Task private func chosen(_ path: String) -> InputFile { InputFile(path) }
@Task(cache: .off) private func chosenAnew(_ path: String) -> InputFile { InputFile(path) }
@Task private func all(_ texts: [String]) -> String { texts.joined(separator: ",") }
@Task private func fixed(_ file: InputFile) -> Int { 1 }
@Task(cache: .transient) private func passed(_ file: InputFile, _ hook: Hook) throws -> String {
  hook.run()
  return try file.text()
}
@Task private func hooked(_ file: InputFile, _ hook: Hook) throws -> String {
  hook.run()
  return try file.text()
}
@Task private func hookedList(_ files: [InputFile], _ hook: Hook) throws -> [String] {
  hook.run()
  return try files.map { try $0.text() }
}
@Task private func hookedSource(_ source: Source, _ hook: Hook) throws -> String {
  hook.run()
  return try source.file.text()
}
@Task private func upper(_ text: String) -> String { text.uppercased() }

private struct Source: Codable, Sendable, TaskValue {
  var name: String
  var file: InputFile
}

/// What happens while a body runs; every hook is the same part of a key.
private final class Hook: Encodable, Sendable {
  private let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
  func run() { body() }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("hook")
  }
}

@Suite(.timeLimit(.minutes(10))) struct InputFileTests {
  private let folder: TemporaryFolder
  private let store = ArtifactStore.inMemory()

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("one", to: "a.txt", modified: 1_000_000)
  }

  private var file: InputFile { InputFile(folder.path("a.txt")) }

  @Test func `a file is keyed by its content`() async throws {
    let graph = Graph { $text(file) }
    #expect(try await graph.run(in: store).executed == 1)
    #expect(try await graph.run(in: store).hits == 1)
    try folder.write("two!", to: "a.txt", modified: 1_000_000)
    #expect(try await $text(file).value(in: store) == "two!")
    try folder.write("one", to: "a.txt", modified: 2_000_000)
    let result = try await graph.run(in: store)
    #expect(result.hits == 1 && result.executed == 0)
  }

  @Test func `a touched file is the same file`() async throws {
    let graph = Graph { $text(file) }
    try await graph.run(in: store)
    try folder.write("one", to: "a.txt", modified: 3_000_000)
    #expect(try await graph.run(in: store).executed == 0)
  }

  @Test func `a remembered digest is used while the file looks the same`() async throws {
    try await Graph { $text(file) }.run(in: store)
    let stamp = try FileStamp(ofFileAt: file.path)
    #expect(store.rememberedDigest(of: file.path, stamp: stamp) == .sha256(Array("one".utf8)))
  }

  @Test func `a change of equal size and time within two seconds of hashing is seen`() async throws
  {
    // Fresh files have a time that is now: in the second run they are hashed again.
    try folder.write("one", to: "fresh.txt")
    let fresh = InputFile(folder.path("fresh.txt"))
    let stamp = try FileStamp(ofFileAt: fresh.path)
    #expect(try await $text(fresh).value(in: store) == "one")
    #expect(store.rememberedDigest(of: fresh.path, stamp: stamp) == nil)
    try folder.write("two", to: "fresh.txt", modified: Double(stamp.modified) / 1e9)
    #expect(try await $text(fresh).value(in: store) == "two")
  }

  @Test func `another name is another key`() async throws {
    try await Graph { $text(file) }.run(in: store)
    try folder.rename("a.txt", to: "b.txt")
    let result = try await Graph { $text(InputFile(folder.path("b.txt"))) }.run(in: store)
    #expect(result.executed == 1)
  }

  @Test func `a missing file is an error that names it, before anything runs`() async throws {
    let calls = Calls()
    let missing = InputFile(folder.path("none.txt"))
    let error = await #expect(throws: PipelineError.self) {
      try await Graph {
        node("n", calls: calls)
        $text(missing)
      }.run(in: store)
    }
    #expect(error?.code == .inputFile)
    #expect(
      error?.message.hasPrefix("There is no input file '\(missing.path)'; check the path") == true)
    #expect(error?.node == "text")
    #expect(calls.names.isEmpty)
  }

  @Test func `a folder in place of a file is an error that says so`() async throws {
    try folder.makeFolder("sub")
    let error = await #expect(throws: PipelineError.self) {
      try await $text(InputFile(folder.path("sub"))).value(in: store)
    }
    #expect(error?.code == .inputFile)
  }

  @Test func `a missing file that a value names fails the node that made it`() async throws {
    let result = try await Graph { $text($chosen(folder.path("none.txt"))) }.run(in: store)
    #expect(result.names(.failed) == ["chosen"])
    #expect(result.failures.first?.code == .inputFile)
  }

  @Test func `files inside of structures, lists and values are keyed by content`() async throws {
    try folder.write("x", to: "b.txt", modified: 1_000_000)
    let other = InputFile(folder.path("b.txt"))
    let source = Source(name: "s", file: file)
    let graph = Graph {
      $read(source)
      $total([file, other])
      $text($chosen(file.path))
      $size($chosenAnew(file.path))
      $all(ForEach([file, other]) { $text($0) })
      $fixed(other)
    }
    #expect(try await graph.run(in: store).status == .succeeded)
    let again = try await graph.run(in: store)
    #expect(again.executedNames == ["chosenAnew"])
    try folder.write("three", to: "a.txt", modified: 1_000_000)
    let changed = try await graph.run(in: store)
    let executed = changed.reports().filter { $0.state == .executed }.map(\.task)
    #expect(
      executed.sorted() == ["all", "chosen", "chosenAnew", "read", "size", "text", "total"])
    // `text` of b.txt, and a second `text` of what a.txt is now.
    let hits = changed.reports().filter { $0.state == .hit }.map(\.task)
    #expect(hits.sorted() == ["fixed", "text", "text"])
  }

  @Test(arguments: ["constant", "list", "structure", "value", "uncached", "element", "transient"])
  func `a file that changes while it is used is an error and poisons no key`(
    kind: String
  ) async throws {
    let path = file.path
    let folder = folder
    let isChanging = Mutex(true)
    let hook = Hook {
      guard isChanging.withLock({ $0 }) else { return }
      try? folder.write("changed", to: "a.txt", modified: 5_000_000)
    }
    func graph(_ hook: Hook) -> Graph {
      let hook = Constant(hook)
      return switch kind {
      case "constant": Graph { $hooked(file, hook).named("leaf") }
      case "list": Graph { $hookedList([file, file], hook).named("leaf") }
      case "structure": Graph { $hookedSource(Source(name: "s", file: file), hook).named("leaf") }
      case "value": Graph { $hooked($chosen(path), hook).named("leaf") }
      case "uncached": Graph { $hooked($chosenAnew(path), hook).named("leaf") }
      case "element": Graph { ForEach([file]) { $hooked($0, hook).named("leaf") } }
      default: Graph { $upper($passed(file, hook)).named("leaf") }
      }
    }
    let changing = try await graph(hook).run(in: store)
    #expect(changing.status == .failed)
    #expect(changing.failures.first?.code == .inputFile)
    #expect(changing.failures.first?.message.contains("changed while it was being used") == true)
    isChanging.withLock { $0 = false }
    // As it was before: what was read of the changed file must not be found under its key.
    try folder.write("one", to: "a.txt", modified: 6_000_000)
    let result = try await graph(hook).run(in: store)
    #expect(result.status == .succeeded)
    let name = try #require(store.names().first { $0.name.hasPrefix("graph/leaf") })
    let bytes = String(decoding: try store.load(name), as: UTF8.self)
    #expect(bytes.lowercased().contains("one") && !bytes.lowercased().contains("changed"))
  }

  @Test func `text that is no UTF-8 is an error that says what to do`() async throws {
    try folder.write([0x66, 0xFF, 0xFE], to: "latin.txt")
    let latin = InputFile(folder.path("latin.txt"))
    #expect(try latin.bytes() == [0x66, 0xFF, 0xFE])
    let error = #expect(throws: PipelineError.self) { try latin.text() }
    #expect(error?.code == .inputFile)
    #expect(error?.message.contains("read it with 'bytes()'") == true)
  }

  @Test func `outside of a run a file is its path`() throws {
    #expect(file.name == "a.txt" && file.description == file.path)
    let decoded = try CBOR.decode(InputFile.self, from: CBOR.encode(file))
    #expect(decoded == file)
  }
}
