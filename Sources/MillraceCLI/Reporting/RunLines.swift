import MillraceEngine
import MillraceGraph

/// The lines that a run prints.
struct RunLines: Sendable {
  let isColoured: Bool

  /// State, time, size and name of a node that has ended; nil if there is nothing to say of it.
  ///
  /// The name comes behind, because how long the names will be is known only at the end; only the reason
  /// follows, of a run that gives any.
  func node(_ report: NodeReport) -> String? {
    let (word, colour): (String, Colour) =
      switch report.state {
      case .executed: ("executed", .good)
      case .hit: ("hit", .faint)
      case .failed: ("failed", .bad)
      case .ignored: ("ignored", .caution)
      case .skipped: ("skipped", .caution)
      case .cancelled: ("cancelled", .caution)
      case .notNeeded: ("", .faint)
      }
    guard !word.isEmpty else { return nil }
    let time = report.attempts > 0 ? Amounts.duration(report.duration) : ""
    let size = report.size.map(Amounts.size) ?? ""
    let attempts = report.attempts > 1 ? " (\(report.attempts) attempts)" : ""
    let state = colour.paint(word.filled(to: 9), if: isColoured)
    let reason = report.explanation.map { "  " + Colour.faint.paint($0, if: isColoured) } ?? ""
    return
      "\(state)  \(time.aligned(to: 10))  \(size.aligned(to: 8))  \(report.name)\(attempts)\(reason)"
  }

  /// `12 nodes: 3 executed, 9 hits, 0 failed in 0.21 s`; what else became of nodes stands before `in`.
  func summary(_ summary: RunSummary) -> String {
    let failed = "\(summary.failed) failed"
    var parts = [
      "\(summary.executed) executed", Amounts.count(summary.hits, "hit"),
      summary.failed > 0 ? Colour.bad.paint(failed, if: isColoured) : failed,
    ]
    if summary.ignored > 0 { parts.append("\(summary.ignored) ignored") }
    if summary.skipped > 0 { parts.append("\(summary.skipped) skipped") }
    if summary.cancelled > 0 { parts.append("\(summary.cancelled) cancelled") }
    if summary.notNeeded > 0 { parts.append("\(summary.notNeeded) not needed") }
    let nodes = Amounts.count(summary.nodes, "node")
    return "\(nodes): \(parts.joined(separator: ", ")) in \(Amounts.duration(summary.duration))"
  }

  /// `fetch | connecting`, with the level before the text where it is more than information.
  func log(_ line: TaskLog.Line, of name: String) -> String {
    let level =
      switch line.level {
      case .debug, .info: ""
      case .warning: Colour.caution.paint("warning: ", if: isColoured)
      case .error: Colour.bad.paint("error: ", if: isColoured)
      }
    return "\(name) | \(level)\(line.text)"
  }

  func export(_ path: String) -> String { "exported \(path)" }
}
