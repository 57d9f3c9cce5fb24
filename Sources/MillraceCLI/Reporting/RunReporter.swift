import MillraceEngine
import MillraceStore
import Synchronization

/// Who tells the person or program at the other end what becomes of a run.
protocol RunReporter: RunObserver {
  /// Tells of a warning of the store; called from any thread, also before the run begins.
  func warn(_ warning: StoreWarning)
  /// Tells how the run ended, after its last event.
  func finish(_ result: RunResult)
  /// Tells that the run could not begin, or its results not be written.
  func abort(_ error: any Error, after duration: Duration)
}

/// How many nodes had which fate.
struct RunSummary: Equatable, Sendable {
  var status: String = "failed"
  var nodes = 0
  var executed = 0
  var hits = 0
  var failed = 0
  var ignored = 0
  var skipped = 0
  var cancelled = 0
  var notNeeded = 0
  var duration: Duration = .zero
}

extension RunSummary {
  init(_ result: RunResult) {
    status = result.status.rawValue
    nodes = result.nodes
    executed = result.executed
    hits = result.hits
    failed = result.failed
    duration = result.duration
    guard nodes > executed + hits + failed else { return }
    for report in result.reports() {
      switch report.state {
      case .ignored: ignored += 1
      case .skipped: skipped += 1
      case .cancelled: cancelled += 1
      case .notNeeded: notNeeded += 1
      case .executed, .hit, .failed: break
      }
    }
  }

  /// Takes in an event, for a run whose result never comes.
  mutating func count(_ event: RunEvent) {
    switch event {
    case .started(_, _, let nodes): self.nodes = nodes
    case .nodeFinished(let report):
      switch report.state {
      case .executed: executed += 1
      case .hit: hits += 1
      case .failed: failed += 1
      case .ignored: ignored += 1
      case .skipped: skipped += 1
      case .cancelled: cancelled += 1
      case .notNeeded: notNeeded += 1
      }
    default: break
    }
  }
}
