import MillraceEngine
import MillraceStore
import Synchronization

/// Tells of a run in JSON, one object a line; see ``JSONLine``.
final class JSONReporter: RunReporter {
  private let console: Console
  /// The profile of `millrace.json` that is used; nil for none.
  private let profile: String?
  private let summary = Mutex(RunSummary())

  init(_ console: Console, profile: String? = nil) {
    self.console = console
    self.profile = profile
  }

  func receive(_ event: RunEvent) {
    summary.withLock { $0.count(event) }
    guard var line = JSONLine(event) else { return }
    if case .started = event, let profile { line.add("profile", profile) }
    console.print(line.text)
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
