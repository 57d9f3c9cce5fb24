import Testing

@testable import MillraceCLI

@Task private struct Measure {
  var count: Int
  @Artifact var unit: String
  mutating func run() -> Int {
    unit = "\(count) metres"
    return count
  }
}

private struct Measuring: PipelineCommand {
  @Option(help: "How many.") var count = 3
  var body: Graph { $Measure(count: count).named("measure") }
}

/// What verbs say of what a task made beside its result.
struct FurtherOutputVerbTests {
  private let folder: TemporaryFolder

  init() async throws {
    folder = try TemporaryFolder()
    for count in ["3", "4"] { #expect(await measuring("run", "--count", count).status == 0) }
  }

  private func measuring(_ arguments: String...) async -> Printed {
    await run(Measuring.self, arguments + ["--store", folder.store])
  }

  @Test func `read lists and shows it, now and as it was`() async {
    #expect(await measuring("read", "measure::unit").output == "4 metres")
    #expect(await measuring("read", "measuring/measure::unit").output == "4 metres")
    #expect(await measuring("read", "measure::unit", "--run", "previous").output == "3 metres")
    let names = await measuring("read").lines.compactMap { $0.split(separator: " ").first }
    #expect(names == ["measure", "measure::unit"])
    #expect(await measuring("read", "measure::length").status == 1)
  }

  @Test func `history, lineage and verify know it`() async {
    #expect(await measuring("history", "measure::unit").lines.count >= 2)
    let lineage = await measuring("lineage", "measure::unit")
    #expect(lineage.lines.first?.hasPrefix("measure::unit  ") == true)
    #expect(lineage.output.contains("of ← measure  "))
    #expect(await measuring("verify").status == 0)
    #expect(await measuring("gc").status == 0)
    #expect(await measuring("run", "--count", "4").output.contains("hit"))
  }

  @Test func `one that is invalidated is made again`() async {
    #expect(await measuring("invalidate", "measure::unit", "--reason", "wrong").status == 0)
    _ = await measuring("run", "--count", "4")
    #expect(await measuring("read", "measure::unit").output == "4 metres")
    #expect(await measuring("history", "measure::unit").output.contains("wrong"))
  }
}
