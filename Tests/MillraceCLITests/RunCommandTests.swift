import Foundation
import Testing

@testable import MillraceCLI

struct RunCommandTests {
  private let folder: TemporaryFolder
  private var store: [String] { ["--store", folder.store] }

  init() throws { folder = try TemporaryFolder() }

  private func events(_ printed: Printed) throws -> [[String: Any]] {
    try printed.lines.map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
  }

  @Test(arguments: ["local", "dispatch", "dispatch:3"])
  func `a second run is all hits, each with its line`(backend: String) async {
    let arguments = store + ["--backend", backend]
    let first = await run(Squares.self, arguments)
    #expect(first.status == 0)
    #expect(first.lines.count == 8)
    #expect(first.lines.dropLast().allSatisfy { $0.hasPrefix("executed") })
    #expect(first.lines.last?.hasPrefix("7 nodes: 7 executed, 0 hits, 0 failed in ") == true)
    let second = await run(Squares.self, ["run"] + arguments)
    #expect(second.status == 0)
    #expect(second.lines.dropLast().allSatisfy { $0.hasPrefix("hit ") })
    #expect(second.lines.last?.hasPrefix("7 nodes: 0 executed, 7 hits, 0 failed in ") == true)
    #expect(second.errors.isEmpty)
  }

  @Test func `an export is written and named after the summary`() async throws {
    let path = "\(folder.path)/out/report.txt"
    let printed = await run(Squares.self, store + ["--report", path])
    #expect(printed.lines.last == "exported \(path)")
    #expect(try folder.read("out/report.txt") == Array("The total is 5.".utf8))
  }

  @Test func `a failure is told with node and cause, and what it skipped`() async {
    let printed = await run(Squares.self, store + ["--explodes", "--keep-going"])
    #expect(printed.status == 1)
    #expect(
      printed.errors == """
        Error: Node 'explode' failed: the boiler blew
        What was done is kept; the same command goes on from there.

        """)
    #expect(printed.lines.contains { $0.hasPrefix("failed") && $0.hasSuffix("explode") })
    #expect(printed.lines.contains { $0.hasPrefix("skipped") && $0.hasSuffix("after") })
    #expect(
      printed.lines.last?.hasPrefix("9 nodes: 7 executed, 0 hits, 1 failed, 1 skipped in ") == true)
  }

  @Test func `a cancelled run sums up what became of each node`() async throws {
    let printed = await run(Squares.self, store + ["--stops", "--backend", "local"])
    #expect(printed.status == 1)
    #expect(printed.lines.contains { $0.hasPrefix("cancelled") && $0.hasSuffix("stop") })
    #expect(printed.lines.contains { $0.hasPrefix("cancelled") && $0.hasSuffix("after") })
    let summary = "9 nodes: 1 executed, 0 hits, 0 failed, 8 cancelled in "
    #expect(printed.lines.last?.hasPrefix(summary) == true)
    #expect(printed.errors == "The run was ended early; the same command goes on from there.\n")
  }

  @Test(arguments: [
    ([], "succeeded", 0), (["--explodes", "--keep-going"], "failed", 1),
    (["--stops", "--backend", "local"], "cancelled", 1),
  ])
  func `JSON begins with the start and ends with the run`(
    arguments: [String], status: String, exit: Int32
  ) async throws {
    let printed = await run(Squares.self, store + ["--json"] + arguments)
    let events = try events(printed)
    #expect(printed.status == exit)
    #expect(events.first?["event"] as? String == "start")
    #expect(events.first?["pipeline"] as? String == "squares")
    let last = try #require(events.last)
    #expect(last["event"] as? String == "run")
    #expect(last["status"] as? String == status)
    let nodes = events.filter { $0["event"] as? String == "node" }
    #expect(last["nodes"] as? Int == nodes.count)
    for (count, state) in [("executed", "executed"), ("hits", "hit"), ("failed", "failed")] {
      #expect(last[count] as? Int == nodes.count { $0["state"] as? String == state }, "\(count)")
    }
  }

  @Test func `a run that cannot begin says so in both ways`() async throws {
    let file = "\(folder.path)/none.csv"
    let printed = await run(Squares.self, store + ["--json", "--file", file])
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: There is no input file '\(file)'"))
    let events = try events(printed)
    #expect(events.map { $0["event"] as? String } == ["error", "run"])
    #expect(events.first?["code"] as? String == "inputFile")
    #expect(events.last?["status"] as? String == "failed")
  }

  @Test func `nothing is summed up where nothing has begun`() async {
    let printed = await run(Doubled.self, store)
    #expect(printed.status == 1)
    #expect(printed.output.isEmpty)
    #expect(
      printed.errors
        == "Error: Two nodes are named 'same'; give one of them another name.\n")
  }

  @Test func `a folder that is no store is left alone`() async throws {
    try folder.write([1], to: "mine")
    let printed = await run(Squares.self, ["--store", folder.path])
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: The folder is not empty and no store"))
    #expect(try folder.names() == ["mine"])
  }

  @Test func `a store of a newer format is refused`() async throws {
    _ = await run(Squares.self, store)
    try folder.write(Array("millrace-store 99\n".utf8), to: "store/format")
    let printed = await run(Squares.self, store)
    #expect(printed.status == 1)
    #expect(printed.errors.contains("use a newer Millrace"))
  }

  @Test func `a memory store leaves nothing behind`() async throws {
    let printed = await run(Squares.self, ["--store", "memory"])
    #expect(printed.status == 0)
    #expect(printed.lines.last?.hasPrefix("7 nodes: 7 executed") == true)
    #expect(try folder.names().isEmpty)
  }

  @Test func `a pipeline's pools have limits from itself or the command line`() async {
    let refused = await run(Pooled.self, ["--store", "memory", "--resource", "gpu=1"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("requests 2 of 'gpu', and the run has 1"))
    #expect(await run(Pooled.self, ["--store", "memory"]).status == 0)
    #expect(await run(Pooled.self, ["plan", "--store", "memory"]).status == 0)
  }
}
