import Foundation
import Testing

@testable import MillraceCLI

struct ReadCommandTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  /// A store with one run in it.
  init() async throws {
    folder = try TemporaryFolder()
    #expect(await run(Squares.self, ["--store", folder.store]).status == 0)
  }

  private func read(
    _ arguments: String..., isTerminal: Bool = false
  ) async -> Printed {
    await run(Squares.self, ["read"] + arguments + store, isTerminal: isTerminal)
  }

  @Test func `text is text, and ends its line on a terminal`() async {
    #expect(await read("report").output == "The total is 5.")
    #expect(await read("report", isTerminal: true).output == "The total is 5.\n")
    #expect(await read("squares/report").output == "The total is 5.")
  }

  @Test func `CBOR is JSON, or its bytes`() async {
    #expect(await read("numbers").output == "[0, 1, 2]\n")
    let paper = Paper()
    let session = Session(environment: { _ in nil }, console: paper.console())
    let status = await PipelineMain<Squares>.run(["read", "total", "--raw"] + store, in: session)
    #expect(status == .success)
    #expect(paper.bytes(.output) == [5])
  }

  @Test func `bytes are kept from a terminal`() async throws {
    let refused = await read("bytes", isTerminal: true)
    #expect(refused.status == 1)
    #expect(refused.output.isEmpty)
    #expect(refused.errors.contains("'--output FILE'"))
    #expect(await read("bytes", "--raw", isTerminal: true).status == 0)
    #expect(await read("bytes").status == 0)
  }

  @Test func `a file is replaced as a whole`() async throws {
    try folder.write([1, 2, 3], to: "old")
    let link = "\(folder.path)/link"
    try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "old")
    let printed = await read("bytes", "--output", link, isTerminal: true)
    #expect(printed.status == 0)
    #expect(printed.output.isEmpty)
    #expect(try folder.read("old") == [0, 1, 0xff, 5])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "old")
    #expect(try folder.names() == ["link", "old", "store"])
  }

  @Test func `a file that cannot be written leaves nothing behind`() async throws {
    let printed = await read("bytes", "-o", folder.store)
    #expect(printed.status == 1)
    #expect(printed.errors.contains("cannot be written"))
    #expect(try folder.names() == ["store"])
  }

  @Test func `an unknown name is answered with near ones`() async {
    let printed = await read("reprot")
    #expect(printed.status == 1)
    #expect(
      printed.errors
        == "Error: The store '\(folder.store)' has nothing named 'reprot'. Did you mean 'report'? 'read' without a name lists all 7.\n"
    )
  }

  @Test func `a name of several nodes is answered with all of them`() async {
    let printed = await read("square")
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: 'square' is 3 nodes: 'square#"))
  }

  @Test func `without a name all names are listed`() async {
    let printed = await read()
    #expect(printed.status == 0)
    #expect(printed.lines.count == 7)
    #expect(printed.lines.first?.hasPrefix("bytes               4 B  bytes/1  ") == true)
  }

  @Test(arguments: ["--raw", "--output=x"])
  func `an option without a name is a usage error`(option: String) async {
    #expect(await read(option).status == 64)
  }

  @Test func `required options of the pipeline are not asked for`() async {
    #expect(await run(Demanding.self, ["7", "--other", "1"] + store).status == 0)
    #expect(await run(Demanding.self, ["read", "result"] + store).output == "2401\n")
    // Its own `run` still demands them.
    #expect(await run(Demanding.self, store).status == 64)
  }

  @Test func `a store in memory has nothing to read`() async {
    let printed = await run(
      Squares.self, ["read"], environment: ["MILLRACE_STORE": "memory"])
    #expect(printed.status == 64)
    #expect(printed.errors.hasPrefix("Error: A store in memory ends with its process"))
  }

  @Test func `a missing store is not created`() async throws {
    let printed = await run(Squares.self, ["read", "--store", "\(folder.path)/none"])
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: There is no store to read"))
    #expect(try folder.names() == ["store"])
  }

  @Test(arguments: [true, false])
  func `a lost or damaged artifact says to run again`(isLost: Bool) async throws {
    // Large enough to be a file of its own.
    let count = ["--count", "9000"]
    #expect(await run(Squares.self, store + count).status == 0)
    let objects = "\(folder.store)/objects"
    let files = try #require(FileManager.default.enumerator(atPath: objects))
    for case let file as String in files where file.utf8.count > 60 {
      let path = "\(objects)/\(file)"
      try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
      if isLost {
        try FileManager.default.removeItem(atPath: path)
      } else {
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.write(contentsOf: Data([0xff]))
        try handle.close()
      }
    }
    let printed = await read("numbers")
    #expect(printed.status == 1)
    #expect(printed.output.isEmpty)
    #expect(printed.errors.contains("run the pipeline again to compute"))
    #expect(printed.errors.split(separator: "\n").count == 1)
  }
}
