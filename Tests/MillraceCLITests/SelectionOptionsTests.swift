import Testing

@testable import MillraceCLI

struct SelectionOptionsTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    (["--force", "report"], 1), (["--force"], 7), (["--force", "--json"], 7), (["--force=squ*"], 3),
  ])
  func `forced nodes run, all of them without a pattern`(
    arguments: [String], executed: Int
  ) async {
    _ = await run(Squares.self, store)
    let printed = await run(Squares.self, store + arguments)
    #expect(printed.status == 0)
    let last = printed.lines.last ?? ""
    #expect(
      last.contains("\(executed) executed") || last.contains("\"executed\":\(executed),"), "\(last)"
    )
  }

  @Test func `a part of the pipeline is asked for`() async {
    let only = await run(Squares.self, ["run", "--only", "report"] + store)
    #expect(only.lines.last?.hasPrefix("6 nodes: 6 executed") == true)
    let until = await run(Squares.self, ["plan", "--until", "total"] + store)
    #expect(until.lines.last == "5 nodes: 0 to run, 5 hits")
  }

  @Test func `a plan tells of forced nodes`() async {
    _ = await run(Squares.self, store)
    let printed = await run(Squares.self, ["plan", "--force", "report"] + store)
    #expect(
      printed.lines.contains { $0.split(separator: " ") == ["run", "report", "forced"] },
      "\(printed.output)")
  }

  @Test(arguments: ["--force", "--only", "--until"])
  func `a pattern that matches nothing is answered with the nearest names`(
    option: String
  ) async {
    let printed = await run(Squares.self, store + [option, "reprot"])
    #expect(printed.status == 1)
    #expect(
      printed.errors == "Error: No task's node matches 'reprot'; did you mean 'report'?\n")
  }
}
