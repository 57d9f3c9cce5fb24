import Foundation
import Millrace
import MillraceTesting
import Testing

@Task private func names(_ folder: InputDirectory) throws -> [String] {
  try folder.files().map(\.name)
}
@Task private func csv(_ folder: InputDirectory) throws -> [InputFile] {
  try folder.files(matching: "*.csv")
}
@Task private func length(_ file: InputFile) throws -> Int { try file.bytes().count }

@Suite(.timeLimit(.minutes(10))) struct InputDirectoryTests {
  private let folder: TemporaryFolder
  private let store = ArtifactStore.inMemory()

  init() throws {
    folder = try TemporaryFolder()
    try folder.write("b", to: "b.csv", modified: 1_000_000)
    try folder.write("aa", to: "a.csv", modified: 1_000_000)
    try folder.write("x", to: "x.txt", modified: 1_000_000)
    try folder.write("hidden", to: ".hidden", modified: 1_000_000)
  }

  private var directory: InputDirectory { InputDirectory(folder.path) }

  @Test func `files are listed in the order of their paths, below folders too`() throws {
    try folder.makeFolder("sub/deep")
    try folder.makeFolder("sub-2")
    try folder.write("d", to: "sub/deep/d.csv")
    try folder.write("c", to: "sub-2/c.csv")
    #expect(
      try directory.files().map { String($0.path.dropFirst(folder.path.count + 1)) } == [
        "a.csv", "b.csv", "sub-2/c.csv", "sub/deep/d.csv", "x.txt",
      ])
    #expect(try directory.files(matching: "[ab].csv").map(\.name) == ["a.csv", "b.csv"])
    #expect(try InputDirectory(folder.path + "/").files().count == 5)
  }

  @Test(arguments: ["add", "remove", "change", "rename"])
  func `what changes in the folder changes the key`(kind: String) async throws {
    let graph = Graph { $names(directory) }
    #expect(try await graph.run(in: store).executed == 1)
    #expect(try await graph.run(in: store).hits == 1)
    switch kind {
    case "add": try folder.write("n", to: "new.csv")
    case "remove": try folder.remove("x.txt")
    case "change": try folder.write("cc", to: "a.csv", modified: 2_000_000)
    default: try folder.rename("a.csv", to: "c.csv")
    }
    #expect(try await graph.run(in: store).executed == 1)
    #expect(try await graph.run(in: store).hits == 1)
  }

  @Test func `hidden files and touched ones do not count`() async throws {
    let graph = Graph { $names(directory) }
    try await graph.run(in: store)
    try folder.write("other", to: ".hidden")
    try folder.write("b", to: "b.csv", modified: 9_000_000)
    #expect(try await graph.run(in: store).hits == 1)
  }

  @Test func `links to folders are not followed`() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("loop"), withDestinationPath: folder.path)
    #expect(try directory.files().map(\.name).filter { $0 == "a.csv" } == ["a.csv"])
  }

  @Test func `a missing folder is an error that names it`() async throws {
    let missing = InputDirectory(folder.path("none"))
    let error = await #expect(throws: PipelineError.self) {
      try await $names(missing).value(in: store)
    }
    #expect(error?.code == .inputFile)
    #expect(error?.message.hasPrefix("There is no input folder '\(missing.path)'") == true)
  }

  @Test func `a file that is taken for a folder is an error that says so`() async throws {
    let error = await #expect(throws: PipelineError.self) {
      try await $names(InputDirectory(folder.path("a.csv"))).value(in: store)
    }
    #expect(error?.code == .inputFile)
    #expect(error?.message.contains("a.csv' is no folder") == true)
  }

  @Test(arguments: BackendKind.all)
  func `one more file in the folder runs what it alone needs`(kind: BackendKind) async throws {
    let graph = Graph { ForEach($csv(directory)) { $length($0) } }
    #expect(try await graph.run(on: kind.backend, in: store).executed == 3)
    try folder.write("cccc", to: "c.csv", modified: 1_000_000)
    let result = try await graph.run(on: kind.backend, in: store)
    #expect(result.executed == 2 && result.hits == 2)
    #expect(result.executedNames.contains("csv"))
    // A listed file that changes makes the list another one, of the same elements but one.
    try folder.write("BB", to: "b.csv", modified: 2_000_000)
    let changed = try await graph.run(on: kind.backend, in: store)
    #expect(changed.executed == 2 && changed.hits == 2)
  }
}
