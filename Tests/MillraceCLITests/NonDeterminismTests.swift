import Foundation
import MillraceCLI
import Testing

/// Gives another text each time; large, so that it is a file of its own, which can be lost.
@Task private func noise(_ size: Int) -> String {
  String(repeating: UUID().uuidString, count: size)
}
@Task private func firstWord(_ text: String) -> String { String(text.prefix(8)) }

private struct Noise: PipelineCommand {
  var body: Graph {
    let text = $noise(1000)
    $firstWord(text).named("word")
    text.named("noise")
  }
}

/// What `run` says of a task that is not deterministic.
struct NonDeterminismTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func loseObjects() throws {
    try FileManager.default.removeItem(atPath: "\(folder.store)/objects")
  }

  @Test func `a run that finds other bytes than before warns and names task, node and runs`()
    async throws
  {
    #expect(await run(Noise.self, ["--store", folder.store]).errors.isEmpty)
    try loseObjects()
    let printed = await run(Noise.self, ["--store", folder.store])
    #expect(printed.status == 0)
    let warnings = printed.errors.split(separator: "\n").filter { $0.hasPrefix("Warning: ") }
    #expect(warnings.count { $0.contains("is not in the store") && $0.contains("objects/") } == 1)
    let found = try #require(warnings.first { $0.contains("is not deterministic") })
    #expect(found.contains("node 'noise'"))
    #expect(found.split(separator: " in run ").count == 3, "both runs")
  }

  @Test func `JSON has the warning as an event`() async throws {
    _ = await run(Noise.self, ["--store", folder.store])
    try loseObjects()
    let printed = await run(Noise.self, ["--store", folder.store, "--json"])
    #expect(printed.lines.contains { $0.contains(#""code":"differingResults""#) })
  }
}
