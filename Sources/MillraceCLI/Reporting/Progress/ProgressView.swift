/// What a frame of the progress display shows.
struct ProgressView: Equatable, Sendable {
  /// A node that runs, or waits for its next attempt.
  struct Row: Equatable, Sendable {
    var name: String
    /// Since its first attempt began.
    var duration: Duration
    /// From 1.
    var attempt = 1
    /// How long it waits for that attempt; nil while it runs.
    var wait: Duration?
  }

  var isPlanned = true
  /// Whether nothing new starts.
  var isEnding = false
  /// The longest-running first, and not all where there are many.
  var rows: [Row] = []
  /// Bodies that run.
  var running = 0
  /// Nodes that wait for their next attempt.
  var waiting = 0
  var done = 0
  var total = 0
  /// Whether the total may rise.
  var mayGrow = false
  var hits = 0
  var failed = 0
  var elapsed: Duration = .zero
  /// An estimate; nil if there is none.
  var left: Duration?
}

extension ProgressView {
  /// - Parameter limit: How many rows could be shown at most.
  init(_ state: ProgressState, at time: Duration, limit: Int) {
    isPlanned = state.isPlanned
    let nodes = state.longest()
    for (index, node) in nodes.enumerated() {
      let wait = node.resumes.flatMap { $0 > time ? $0 - time : nil }
      if wait == nil { running += 1 } else { waiting += 1 }
      guard index < limit else { continue }
      rows.append(
        Row(
          name: node.name, duration: max(.zero, time - node.began), attempt: node.attempt,
          wait: wait))
    }
    (done, total, mayGrow) = (state.done, state.total, state.mayGrow)
    (hits, failed) = (state.counts.hits, state.counts.failed)
    elapsed = time
  }
}
