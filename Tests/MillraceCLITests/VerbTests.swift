import MillraceGraph
import Testing

@testable import MillraceCLI

private let placedHelperLine = #line + 1
@Tracked func placedHelper(_ number: Int) -> Int { number }

/// A task that uses a helper, or does not yet.
private struct Helped: PipelineCommand {
  @Flag(help: "Whether it does.") var helped = false

  var body: Graph {
    let definition = TaskDefinition(
      __id: TaskID(fileID: "App/Tasks.swift", path: "help"), attributes: TaskAttributes(),
      fingerprint: .none, usedNames: helped ? ["placedHelper"] : [], line: 7, parameters: [],
      output: .__stored(Int.self, "Int"), sync: { _ in 1 })
    // Nodes do not hold what is a constant of the program elsewhere.
    _ = Unmanaged.passRetained(definition)
    let call: Node<Int> = definition.__call { _ in }
    return Graph { $square(call).named("result") }
  }
}

/// The verbs that ask a store what happened, and those that record what a person says of it.
struct VerbTests {
  private let folder: TemporaryFolder

  /// A store with two runs of `Squares` in it, the second with one number more.
  init() async throws {
    folder = try TemporaryFolder()
    #expect(await squares("--count", "3").status == 0)
    #expect(await squares("--count", "4").status == 0)
  }

  private func squares(_ arguments: String...) async -> Printed {
    await run(Squares.self, arguments + ["--store", folder.store])
  }

  // MARK: history

  @Test func `history lists runs, the latest first`() async {
    let printed = await squares("history")
    #expect(printed.status == 0)
    #expect(printed.lines.count == 2)
    #expect(printed.lines.allSatisfy { $0.contains("  succeeded   ") })
    #expect(printed.lines[0].contains("5 executed, 3 hits, 0 failed in "))
    #expect(printed.lines[1].contains("7 executed, 0 hits, 0 failed in "))
    let json = await squares("history", "--json").lines
    #expect(json.count == 2)
    #expect(json[0].hasPrefix(#"{"event":"run","run":""#))
    #expect(json[0].contains(#""status":"succeeded""#))
  }

  @Test func `the history of a name has its results, invalidations and acceptances`() async {
    #expect(await squares("invalidate", "report", "--reason", "a typo").status == 0)
    #expect(await squares("--count", "4").status == 0)
    let lines = await squares("history", "report").lines
    #expect(lines.count == 5)
    #expect(lines[0].contains("run "))
    #expect(lines[1...2].allSatisfy { $0.contains("invalidated key ") && $0.hasSuffix(": a typo") })
    let json = await squares("history", "report", "--json").lines
    #expect(json.map { $0.contains(#""event":"bound""#) } == [true, false, false, true, true])
  }

  @Test func `an unknown name or run is answered with near ones`() async {
    let name = await squares("history", "reprot")
    #expect(name.status == 1)
    #expect(name.errors.contains("Did you mean 'report'?"))
    let run = await squares("diff", "zzzzzz")
    #expect(run.status == 1)
    #expect(run.errors.contains("has no run 'zzzzzz'; 'history' lists its 2"))
    let node = await squares("explain", "reprot")
    #expect(node.status == 1)
    #expect(node.errors.contains("Did you mean 'report'?"))
  }

  // MARK: explain, diff

  @Test func `explain tells what changed, from which node on`() async {
    let printed = await squares("explain", "report")
    #expect(printed.status == 0)
    #expect(printed.lines[0].hasPrefix("report: executed in run "))
    #expect(printed.output.contains("input 'number'"))
    #expect(printed.output.contains("  from 'total'"))
    #expect(printed.output.contains("because of numbers → "))
    #expect(printed.output.contains("input 'count' "))
    let json = await squares("explain", "report", "--json").lines
    #expect(json.count == 1)
    #expect(json[0].contains(#""reason":"changed""#))
    #expect(json[0].contains(#""path":["numbers""#))
  }

  @Test func `explain says where a helper stands that has changed`() async throws {
    let store = ["--store", "\(folder.path)/helped"]
    #expect(await run(Helped.self, store).status == 0)
    #expect(await run(Helped.self, ["--helped"] + store).status == 0)
    let place = "MillraceCLITests/VerbTests.swift:\(placedHelperLine)"
    let node = await run(Helped.self, ["explain", "help"] + store)
    #expect(node.lines.contains("    helper 'placedHelper' is new  \(place)"))
    let json = await run(Helped.self, ["explain", "help", "--json"] + store).lines
    #expect(
      json.first?.contains(
        #""file":"MillraceCLITests/VerbTests.swift","line":\#(placedHelperLine)"#) == true)
    let difference = await run(Helped.self, ["diff", "--json"] + store).output
    #expect(difference.contains(#""line":\#(placedHelperLine)"#))
  }

  @Test func `explain tells copies that changed alike once`() async {
    let store = ["--store", "\(folder.path)/scaled"]
    for factor in ["1", "2"] {
      #expect(await run(Scaled.self, ["--factor", factor] + store).status == 0)
    }
    let lines = await run(Scaled.self, ["explain", "total"] + store).lines
    #expect(
      lines.filter { $0.contains("because of") } == [
        "  because of scale[0] → total, and 2 more like it:"
      ])
    #expect(lines.filter { $0.contains("input 'by'") }.count == 1)
    let json = await run(Scaled.self, ["explain", "total", "--json"] + store).output
    #expect(json.split(separator: #""path":["scale["#).count == 4)
  }

  @Test func `explain takes a run, and a name whose digits are cut short`() async throws {
    let first = await squares("explain", "report", "--run", "previous")
    #expect(first.output.contains("no earlier run had a node of this name"))
    let names = await squares("read").lines
    let square = try #require(names.first { $0.hasPrefix("square#") })
    let short = String(square.prefix(10))
    #expect(await squares("explain", short).status == 0)
    let many = await squares("explain", "square")
    #expect(many.status == 1)
    #expect(many.errors.contains("'square' is 4 nodes: "))
  }

  @Test func `diff compares the last two runs, or those that are named`() async {
    let printed = await squares("diff")
    #expect(printed.status == 0)
    #expect(printed.lines.filter { $0.hasPrefix("+ square#") }.count == 1)
    #expect(printed.lines.contains { $0.hasPrefix("~ total ") && $0.contains("output changed") })
    #expect(
      printed.lines.last?.hasPrefix("4 changed, 1 added, 0 removed, 3 unchanged from ") == true)
    let other = await squares("diff", "last", "previous")
    #expect(other.lines.filter { $0.hasPrefix("- square#") }.count == 1)
    let json = await squares("diff", "--json").lines
    #expect(json.last?.contains(#""added":1"#) == true)
  }

  // MARK: lineage, status, read

  @Test func `lineage is a tree, JSON or a flow chart`() async {
    let text = await squares("lineage", "report")
    #expect(text.status == 0)
    #expect(text.lines.first?.hasPrefix("report  ") == true)
    #expect(text.output.contains("number ← total  "))
    #expect(text.output.contains("count = "))
    let json = await squares("lineage", "report", "--format", "json").lines
    #expect(json.count == 1 && json[0].contains(#""inputs":{"number":[1]}"#))
    let mermaid = await squares("lineage", "report", "--format", "mermaid").lines
    #expect(mermaid.first == "flowchart LR")
    #expect(mermaid.contains("  n1 -->|\"number\"| n0"))
    #expect(await squares("lineage", "report", "--format", "svg").status == 64)
  }

  @Test func `status tells the last run, the size, and what is out of date`() async {
    let current = await squares("status", "--count", "4")
    #expect(current.status == 0)
    #expect(current.lines[0].hasPrefix("Last run: "))
    #expect(current.lines[1].contains("12 results"))
    #expect(current.lines.last == "Everything is up to date: 8 nodes.")
    let other = await squares("status", "--count", "5")
    #expect(other.output.contains("Out of date: "))
    #expect(other.output.contains("numbers"))
    #expect(await squares("status", "--json").lines.last?.contains(#""event":"status""#) == true)
  }

  @Test func `read shows what a name stood for in a run and at a time`() async {
    #expect(await squares("read", "report").output == "The total is 14.")
    #expect(await squares("read", "report", "--run", "previous").output == "The total is 5.")
    #expect(await squares("read", "report", "--at", "2261-01-01").output == "The total is 14.")
    let early = await squares("read", "report", "--at", "1999-12-31")
    #expect(early.status == 1)
    #expect(early.errors.contains("stood for nothing"))
    #expect(await squares("read", "report", "--at", "1999-02-30").status == 64)
    #expect(await squares("read", "report", "--at", "1999-12-31", "--run", "last").status == 64)
    #expect(await squares("read", "--at", "2261-01-01").lines.count == 8)
  }

  // MARK: verify --determinism

  @Test func `tasks are run again and compared`() async {
    let printed = await squares("verify", "--determinism", "square*", "--count", "4")
    #expect(printed.status == 0)
    #expect(printed.lines.count == 5)
    #expect(printed.lines.last == "4 nodes gave the same bytes again.")
    let stale = await squares("verify", "--determinism", "report", "--count", "5")
    #expect(stale.status == 1)
    #expect(stale.errors.contains("Run the pipeline first"))
    #expect(await squares("verify", "--count", "5").status == 64)
    #expect(await squares("verify", "--determinism", "report", "--count", "x").status == 64)
    #expect(await squares("verify").status == 0)
  }

  // MARK: accept, invalidate

  @Test func `accept keeps a result for a new key`() async {
    let printed = await squares("accept", "numbers", "--count", "5", "--reason", "the same")
    #expect(printed.status == 0)
    #expect(printed.output.hasPrefix("numbers: the result of "))
    let after = await squares("--count", "5")
    #expect(after.lines.contains { $0.contains("0 executed") })
    #expect(await squares("history", "numbers").lines[0].contains("accepted from key "))
    let refused = await squares("accept", "numbers", "--count", "5")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("nothing to accept"))
  }

  @Test func `invalidate makes what matches run again`() async {
    let printed = await squares("invalidate", "square*")
    #expect(printed.lines.count == 4)
    #expect(printed.lines.allSatisfy { $0.hasSuffix(": 1 result invalidated") })
    let plan = await squares("plan", "--count", "4")
    #expect(plan.lines.filter { $0.contains("invalidated: invalidated by hand") }.count == 4)
    let unknown = await squares("invalidate", "squale")
    #expect(unknown.status == 1)
    let again = await squares("invalidate", "square*")
    #expect(again.errors.contains("nothing to invalidate"))
  }

  @Test(arguments: [
    ["history"], ["diff"], ["explain", "report"], ["lineage", "report"], ["invalidate", "*"],
  ])
  func `a store that is not there is not made`(verb: [String]) async throws {
    let printed = await run(Squares.self, verb + ["--store", "\(folder.path)/none"])
    #expect(printed.status == 1)
    #expect(printed.errors.hasPrefix("Error: There is no store to read"))
    #expect(try folder.names() == ["store"])
  }
}

@Task private func scale(_ number: Int, by factor: Int) -> Int { (number + 1) * factor }

private struct Scaled: PipelineCommand {
  @Option var factor = 1

  var body: Graph {
    $total(ForEach($numbers(3), naming: { "\($0)" }) { $scale($0, by: factor) })
  }
}
