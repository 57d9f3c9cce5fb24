import MillraceGraph

extension RunState {
  struct Tally {
    var nodes = 0
    var executed = 0
    var hits = 0
    var failed = 0
    /// Whether everything that was wanted was reached.
    var isComplete = true
  }

  /// - Complexity: O(*n*).
  func tally() -> Tally {
    var tally = Tally(nodes: unplacedTaskCount, executed: executedCount, hits: hits.count)
    for node in phases.indices {
      if table.records[node].isTask { tally.nodes += 1 }
      guard !demands[node].isEmpty else { continue }
      switch phases[node] {
      case .failed: tally.failed += 1
      case .cancelled: tally.isComplete = false
      default: break
      }
    }
    return tally
  }

  /// A task's last state, as reports call it.
  func reportState(_ node: Int) -> NodeReport.State {
    switch phases[node] {
    case .failed: return .failed
    case .skipped: return .skipped
    case .cancelled: return .cancelled
    default: break
    }
    if hits.contains(node) { return .hit }
    if ignoredNodes.contains(node) { return .ignored }
    switch phases[node] {
    case .done: return .executed
    case .idle, .resolved: return .notNeeded
    default: return .cancelled
    }
  }
}
