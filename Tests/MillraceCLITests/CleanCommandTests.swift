import Foundation
import Testing

@testable import MillraceCLI

struct CleanCommandTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  /// A store with three runs in it, of which each made its numbers anew.
  init() async throws {
    folder = try TemporaryFolder()
    for count in ["7000", "8000", "9000"] {
      #expect(await run(Series.self, ["--store", folder.store, "--count", count]).status == 0)
    }
  }

  private func clean(_ arguments: String...) async -> Printed {
    await run(Series.self, ["gc"] + arguments + store)
  }

  @Test func `what goes is said by pipeline, and then how much that is`() async throws {
    let planned = await clean("--keep-last", "1", "--dry-run")
    #expect(planned.status == 0 && planned.errors.isEmpty)
    #expect(planned.lines.count == 2)
    #expect(planned.lines[0].hasPrefix("series: 2 runs, "))
    #expect(planned.lines[1].hasPrefix("Would free "))
    #expect(planned.lines[1].hasSuffix("; nothing was changed."))
    let printed = await clean("--keep-last", "1")
    #expect(printed.status == 0 && printed.errors.isEmpty)
    #expect(printed.lines[0] == planned.lines[0])
    #expect(printed.lines[1].hasPrefix("Freed ") && printed.lines[1].hasSuffix(" s."))
    #expect(await clean("--keep-last", "1").lines.count == 1)
    // What is left is what the last run had, and it is whole.
    #expect(await run(Series.self, ["verify"] + store).status == 0)
    let again = await run(Series.self, ["--count", "9000", "--json"] + store)
    #expect(again.lines.last?.contains(#""executed":0"#) == true)
  }

  @Test func `JSON is an object a line`() async throws {
    let printed = await clean("--keep-last=2", "--json")
    #expect(printed.status == 0)
    #expect(printed.lines.count == 2)
    #expect(printed.lines[0].hasPrefix(#"{"event":"garbage","pipeline":"series","runs":1,"#))
    #expect(printed.lines[1].hasPrefix(#"{"event":"gc","dryRun":false,"freed":"#))
  }

  @Test func `a size that cannot be reached is said`() async throws {
    let printed = await clean("--max-size", "1kib")
    #expect(printed.status == 0)
    #expect(printed.errors.hasPrefix("Warning: The store takes "))
    #expect(printed.errors.contains("more than 1.0 KiB"))
    #expect(await clean("--max-size", "1gib").errors.isEmpty)
  }

  @Test(arguments: [
    (["--keep-last", "0"], "number of runs"), (["--keep-last", "x"], "number of runs"),
    (["--older-than", "30"], "'30d'"), (["--older-than", "d"], "'30d'"),
    (["--older-than", "-3d"], "'30d'"), (["--older-than", "99999999999999999w"], "older than any"),
    (["--max-size", "big"], "'10gib'"), (["--store", "memory"], "nothing to clean up"),
  ])
  func `what makes no sense is a usage error`(arguments: [String], hint: String) async {
    let printed = await run(Series.self, ["gc"] + arguments)
    #expect(printed.status == 64)
    #expect(printed.errors.contains(hint))
  }

  @Test(
    arguments: zip(["45s", "90m", "12h", "30d", "2w"], [45, 5400, 43_200, 2_592_000, 1_209_600]))
  func `an age is a number with its unit`(text: String, seconds: Int) throws {
    #expect(try RetentionChoice.age(text) == .seconds(seconds))
  }

  @Test func `a store that is not there is not made`() async throws {
    let printed = await run(Series.self, ["gc", "--store", "\(folder.path)/none"])
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: There is no store to read"))
    #expect(try folder.names() == ["store"])
  }
}
