import MillraceEngine
import MillraceGraph
import MillraceStore
import Synchronization

/// Tells of a run in lines for people.
final class LineReporter: RunReporter {
  private let console: Console
  private let lines: RunLines
  private let detail: ReportingOptions.Detail
  private let showsHits: Bool
  private let summary = Mutex(RunSummary())

  /// - Parameter showsHits: Whether each hit has a line, if that is not for ``detail`` to say.
  init(_ console: Console, detail: ReportingOptions.Detail = .normal, showsHits: Bool = true) {
    self.console = console
    self.detail = detail
    self.showsHits = showsHits || detail == .verbose
    lines = RunLines(isColoured: console.isColoured)
  }

  func receive(_ event: RunEvent) {
    summary.withLock { $0.count(event) }
    switch event {
    case .nodeFinished(let report):
      guard detail != .quiet, showsHits || report.state != .hit else { break }
      if let line = lines.node(report) { console.print(line) }
    case .attemptFailed(let name, let attempt, let error, let delay):
      let wait = delay > .zero ? " in \(Amounts.duration(delay))" : ""
      console.complain(
        "Warning: Node '\(name)' failed in attempt \(attempt) and is tried again\(wait): \(error)")
    case .logged(let name, _, let line):
      // Beside the results, which a pipe may take.
      if line.level >= detail.logLevel { console.complain(lines.log(line, of: name)) }
    case .printed(_, let text): console.print(text)
    // Exports stand after the summary.
    default: break
    }
  }

  func warn(_ warning: StoreWarning) {
    console.complain("Warning: \(warning)")
  }

  func finish(_ result: RunResult) {
    for failure in result.ignored {
      console.complain("Warning: \(Failures.sentence(failure)) (ignored)")
    }
    for failure in result.failures { console.complain("Error: \(Failures.sentence(failure))") }
    if !result.failures.isEmpty {
      guard detail != .quiet else { return }
      console.complain("What was done is kept; the same command goes on from there.")
    } else if result.status == .cancelled {
      console.complain("The run was ended early; the same command goes on from there.")
    }
    guard detail != .quiet else { return }
    console.print(lines.summary(RunSummary(result)))
    for path in result.exports { console.print(lines.export(path)) }
  }

  func abort(_ error: any Error, after duration: Duration) {
    console.complain("Error: \(Failures.sentence(error))")
    var summary = summary.withLock { $0 }
    summary.duration = duration
    // Where nothing has begun there is nothing to sum up.
    if summary.nodes > 0 && detail != .quiet { console.print(lines.summary(summary)) }
  }
}
