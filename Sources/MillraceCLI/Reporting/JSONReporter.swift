import MillraceEngine
import MillraceStore
import Synchronization

/// Tells of a run in JSON, one object a line; see ``JSONLine``.
final class JSONReporter: RunReporter {
  private let console: Console
  private let summary = Mutex(RunSummary())

  init(_ console: Console) { self.console = console }

  func receive(_ event: RunEvent) {
    summary.withLock { $0.count(event) }
    if let line = JSONLine(event) { console.print(line.text) }
  }

  func warn(_ warning: StoreWarning) {
    console.print(JSONLine.warning(warning).text)
  }

  func finish(_ result: RunResult) {
    for failure in result.failures { console.complain("Error: \(Failures.sentence(failure))") }
    console.print(JSONLine.run(RunSummary(result)).text)
  }

  func abort(_ error: any Error, after duration: Duration) {
    console.complain("Error: \(Failures.sentence(error))")
    console.print(JSONLine.error(error).text)
    var summary = summary.withLock { $0 }
    summary.duration = duration
    console.print(JSONLine.run(summary).text)
  }
}
