import Foundation
import Testing

@testable import MillraceCLI

struct VerifyCommandTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  /// A store with one run in it, whose numbers are an object.
  init() async throws {
    folder = try TemporaryFolder()
    #expect(await run(Series.self, ["--store", folder.store]).status == 0)
  }

  private func verify(_ arguments: String...) async -> Printed {
    await run(Series.self, ["verify"] + arguments + store)
  }

  /// Removes an object.
  private func lose() throws {
    let objects = "\(folder.store)/objects"
    let files = try #require(FileManager.default.enumerator(atPath: objects))
    let object = files.compactMap { $0 as? String }.first { $0.utf8.count > 60 }
    try FileManager.default.removeItem(atPath: "\(objects)/\(#require(object))")
  }

  @Test func `a whole store is summed up in a line`() async throws {
    let printed = await verify()
    #expect(printed.status == 0)
    #expect(printed.errors.isEmpty)
    let line = try #require(printed.lines.first)
    #expect(printed.lines.count == 1)
    #expect(line.contains(" records, ") && line.contains(" object"))
    #expect(line.hasSuffix(" s: nothing is wrong."))
  }

  @Test func `a problem is a line and a status, until it is repaired`() async throws {
    try lose()
    let printed = await verify()
    #expect(printed.status == 1)
    #expect(printed.lines.count == 2)
    #expect(printed.lines[0].hasPrefix("objects/"))
    #expect(printed.lines[0].hasSuffix("A repair removes the records of it."))
    #expect(printed.lines[1].hasSuffix(": 1 problem; 'verify --repair' removes it."))
    let repaired = await verify("--repair")
    #expect(repaired.status == 0)
    #expect(repaired.lines[0].hasSuffix(" Repaired."))
    #expect(repaired.lines[1].hasSuffix(": 1 problem, which is repaired."))
    let last = await verify()
    #expect(last.lines.count == 1, "\(last.output)")
    // What was lost is computed again, and the rest is there.
    let again = await run(Series.self, store)
    #expect(again.status == 0)
    #expect(again.output.contains("numbers"))
  }

  @Test func `JSON is an object a line`() async throws {
    try lose()
    let printed = await verify("--json")
    #expect(printed.status == 1)
    #expect(
      printed.lines[0].hasPrefix(
        #"{"event":"problem","code":"missingArtifact","file":"objects/"#))
    #expect(printed.lines[0].hasSuffix(#""repaired":false}"#))
    #expect(printed.lines[1].hasPrefix(#"{"event":"verify","records":"#))
    #expect(printed.lines[1].hasSuffix(#""problems":1,"remaining":1}"#))
  }

  @Test func `a store that is not there is not made`() async throws {
    for arguments in [["verify"], ["verify", "--repair"]] {
      let printed = await run(Series.self, arguments + ["--store", "\(folder.path)/none"])
      #expect(printed.status == 1)
      #expect(printed.errors.hasPrefix("Error: There is no store to read"))
    }
    #expect(try folder.names() == ["store"])
  }

  @Test func `a store in memory is a usage error`() async {
    let printed = await run(Series.self, ["verify", "--store", "memory"])
    #expect(printed.status == 64)
    #expect(printed.errors.contains("nothing to verify"))
  }

  @Test func `the pipeline's own options are not asked for`() async {
    #expect(await run(Demanding.self, ["verify"] + store).status == 0)
  }
}
