import Millrace
import Testing

@testable import MillraceCLI
@testable import MillraceEngine

struct RunLinesTests {
  private func report(
    _ state: NodeReport.State, attempts: Int = 0, _ duration: Duration = .zero, size: Int? = nil
  ) -> NodeReport {
    NodeReport(
      label: .text("train#3fa91c"), task: "train", state: state, attempts: attempts,
      duration: duration, size: size)
  }

  @Test func `columns stand under each other`() {
    let lines = RunLines(isColoured: false)
    let reports = [
      report(.executed, attempts: 1, .milliseconds(210), size: 4199),
      report(.executed, attempts: 3, .seconds(125), size: 12),
      report(.hit, size: 1 << 20), report(.failed, attempts: 2, .milliseconds(3)),
      report(.ignored, attempts: 1, .milliseconds(20)), report(.skipped), report(.cancelled),
    ]
    #expect(
      reports.compactMap(lines.node) == [
        "executed       0.21 s   4.1 KiB  train#3fa91c",
        "executed   2 min 05 s      12 B  train#3fa91c (3 attempts)",
        "hit                     1.0 MiB  train#3fa91c",
        "failed        0.003 s            train#3fa91c (2 attempts)",
        "ignored       0.020 s            train#3fa91c",
        "skipped                          train#3fa91c",
        "cancelled                        train#3fa91c",
      ])
    #expect(lines.node(report(.notNeeded)) == nil)
  }

  @Test func `only the state is coloured`() {
    let line = RunLines(isColoured: true).node(report(.hit))
    #expect(line == "\u{1b}[2mhit      \u{1b}[0m                        train#3fa91c")
  }

  @Test func `a line of a task's log has the node's name before it`() {
    let lines = RunLines(isColoured: false)
    #expect(lines.log(TaskLog.Line("read 3 rows"), of: "load") == "load | read 3 rows")
    #expect(
      lines.log(TaskLog.Line("slow", level: .warning), of: "load") == "load | warning: slow")
  }

  @Test func `a summary says what happened and no more`() {
    let lines = RunLines(isColoured: false)
    let quiet = RunSummary(nodes: 12, executed: 3, hits: 9, duration: .milliseconds(210))
    #expect(lines.summary(quiet) == "12 nodes: 3 executed, 9 hits, 0 failed in 0.21 s")
    let eventful = RunSummary(
      nodes: 1, executed: 0, hits: 1, failed: 2, ignored: 6, skipped: 3, cancelled: 4, notNeeded: 5)
    #expect(
      lines.summary(eventful)
        == "1 node: 0 executed, 1 hit, 2 failed, 6 ignored, 3 skipped, 4 cancelled, 5 not needed in 0.000 s"
    )
  }
}
