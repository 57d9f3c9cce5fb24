import Foundation
import Testing

@testable import MillraceCLI

/// What is said to mistakes of the command line that everybody makes once, and that the page "When something
/// is wrong" says the same.
struct BeginnersMistakesTests {
  private let folder: TemporaryFolder
  private let page: String

  init() throws {
    folder = try TemporaryFolder()
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    page = try String(
      contentsOf: root.appending(
        path: "Sources/Millrace/Documentation.docc/WhenSomethingIsWrong.md"), encoding: .utf8)
  }

  private func isOnPage(_ message: String, _ own: String, _ example: String) -> Bool {
    page.contains(message.replacingOccurrences(of: own, with: example))
  }

  @Test func `two names alike`() async {
    let printed = await run(Doubled.self, ["--store", folder.store])
    let message = "Two nodes are named 'same'; give one of them another name."
    #expect(printed.status == 1)
    #expect(printed.errors.contains(message))
    #expect(isOnPage(message, "same", "report"))
  }

  @Test func `a missing file, as when the program is started in another folder`() async {
    let printed = await run(Squares.self, ["--store", folder.store, "--file", "no/such.csv"])
    let message =
      "There is no input file 'no/such.csv'; check the path, which is taken from the working folder."
    #expect(printed.status == 1)
    #expect(printed.errors.contains(message))
    #expect(isOnPage(message, "no/such.csv", "a.csv"))
  }

  @Test(arguments: [
    (
      ["--backend", "dispach"],
      "'dispach' is no backend; use 'local', 'dispatch' or 'dispatch:N' with N workers."
    ),
    (["--bakend", "local"], "Unknown option '--bakend'. Did you mean '--backend'?"),
    (["plna"], "Did you mean 'plan'?"),
  ])
  func `a wrong word on the command line`(arguments: [String], message: String) async {
    let printed = await run(Squares.self, arguments)
    #expect(printed.status == 64)
    #expect(printed.errors.contains(message))
    #expect(page.contains(message))
  }

  @Test func `a pipeline of several that does not exist`() async {
    let printed = await run(catalog: Tools.self, ["sqares"])
    let message = "There is no pipeline 'sqares'. Did you mean 'squares'?"
    #expect(printed.status == 64)
    #expect(printed.errors.contains(message))
    #expect(page.contains(message))
  }

  @Test(arguments: [
    ("{\n  \"jobs\": 2,\n}", "millrace.json is no JSON: line 2 has a comma before '}'; remove it."),
    (
      #"{"profiles": {"server": {}}}"#,
      "millrace.json has no profile 'sever'. Did you mean 'server'?"
    ),
  ])
  func `a mistake in the settings of a folder`(text: String, message: String) async throws {
    try folder.write(Array(text.utf8), to: SettingsFile.name)
    let printed = await run(Squares.self, ["--profile", "sever"], in: folder.path)
    #expect(printed.status == 64)
    #expect(printed.errors.contains(message))
    #expect(page.contains(message))
  }

  @Test func `a node that does not exist`() async {
    _ = await run(Squares.self, ["--store", folder.store])
    let printed = await run(Squares.self, ["read", "reprot", "--store", folder.store])
    let message = "The store '\(folder.store)' has nothing named 'reprot'. Did you mean 'report'?"
    #expect(printed.status == 1)
    #expect(printed.errors.contains(message))
    #expect(isOnPage(message, folder.store, "s"))
  }

  @Test func `a store of a newer program`() async throws {
    try FileManager.default.createDirectory(
      atPath: folder.store, withIntermediateDirectories: true)
    try folder.write(Array("millrace-store 9\n".utf8), to: "store/format")
    let printed = await run(Squares.self, ["--store", folder.store])
    let message =
      "The store has format 9, and this program knows formats up to 1; use a newer Millrace, or another folder."
    #expect(printed.status == 1)
    #expect(printed.errors.contains(message))
    #expect(page.contains(message))
    #expect(try folder.read("store/format") == Array("millrace-store 9\n".utf8))
  }

  #if os(Linux)
    /// In this folder nobody may write, not even who may write everywhere.
    @Test func `a folder without rights`() async {
      let printed = await run(Squares.self, ["--store", "/proc/millrace"])
      let message = "The store's folders cannot be created; check permissions and free space."
      #expect(printed.status == 1)
      #expect(printed.errors.hasPrefix("Error: \(message) ('/proc/millrace': mkdir: "))
      #expect(page.contains(message))
    }
  #endif

  @Test func `a task that throws, and the same command again`() async {
    let failed = await run(
      Squares.self, ["--store", folder.store, "--explodes", "--keep-going"])
    #expect(failed.status == 1)
    #expect(failed.errors.hasPrefix("Error: Node 'explode' failed: "))
    #expect(page.contains("Node 'fetch' failed: …"))
    let again = await run(
      Squares.self, ["--store", folder.store, "--explodes", "--keep-going"])
    #expect(again.lines.last?.hasPrefix("9 nodes: 0 executed, 7 hits, 1 failed, 1 skipped") == true)
  }

  @Test func `an interrupted first run, and the same command again`() async {
    let stopped = await run(
      Squares.self, ["--store", folder.store, "--stops", "--backend", "local"])
    #expect(stopped.errors.contains("the same command goes on from there"))
    let again = await run(Squares.self, ["--store", folder.store])
    #expect(again.status == 0)
    #expect(again.lines.last?.hasPrefix("7 nodes: 6 executed, 1 hit, 0 failed") == true)
  }
}
