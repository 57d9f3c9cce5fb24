import Millrace
import Testing

/// Verification of stores that other processes write, or died writing.
@Suite(.timeLimit(.minutes(10))) struct VerifyingSafetyTests {
  private let folder: TemporaryFolder
  private var path: String { folder.path("store") }

  init() throws { folder = try TemporaryFolder() }

  private func verify() throws -> VerificationReport {
    try ArtifactStore.open(at: path, readOnly: true).verify()
  }

  @Test(arguments: ["batched", "every"])
  func `a store that other processes write meanwhile has no problems`(policy: String) throws {
    let writers = try ["one", "two", "three"].map { pipeline in
      try WriterProcess(
        ["run", path, policy, "never", "--wide", "--marks", "--pipeline", pipeline])
    }
    var count = 0
    for writer in writers {
      var line = writer.line()
      while line != nil {
        if folder.files().contains("store/format") {
          let report = try verify()
          #expect(report.problems.isEmpty)
          count += 1
        }
        line = writer.line()
      }
      #expect(writer.wait() == .exited(0))
    }
    #expect(count > 20)
    let report = try verify()
    #expect(report.problems.isEmpty && report.unreferenced == StoreTally())
    #expect(report.objects > 0 && report.leftovers == StoreTally())
  }

  @Test func `half a record of a live writer is no damage, and that of a dead one is`() throws {
    let writer = try WriterProcess(["run", path, "every", "pauseInsideLog:1"])
    var line = writer.line()
    while line != nil, line != "half" { line = writer.line() }
    #expect(line == "half")
    #expect(try verify().problems.isEmpty)
    let segment = try #require(folder.files().first { $0.hasPrefix("store/log/") })
    writer.kill()
    let report = try verify()
    #expect(report.problems.map(\.warning.code) == [.tornTail])
    #expect(report.problems.map(\.file) == [String(segment.dropFirst("store/".count))])
    #expect(try ArtifactStore.open(at: path).verify(repairing: true).remaining.isEmpty)
    #expect(try verify().problems.isEmpty)
    let again = try WriterProcess(["run", path, "every", "never"])
    let lines = again.lines()
    #expect(again.wait() == .exited(0) && lines.after("warning").isEmpty)
    #expect(try verify().problems.isEmpty)
  }
}
