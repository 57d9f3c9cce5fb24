import MillraceEngine

/// What a person may want to see of a run while it is on: a value that takes the run's events with their
/// times, and knows nothing of terminals.
///
/// Times are durations since the run's beginning, planning included.
struct ProgressState: Sendable {
  /// A node whose body has begun and that has not ended.
  struct Running: Sendable {
    fileprivate var start: NodeStart
    fileprivate var knownName: String?
    var began: Duration
    /// The attempt that runs, or is waited for; from 1.
    var attempt = 1
    /// When that attempt begins, if it follows a failed one.
    var resumes: Duration?

    var name: String { knownName ?? start.name }
  }

  /// A node by its place in the run, which is cheaper than its name.
  private enum Place: Hashable {
    case position(Int)
    case name(String)
  }

  private(set) var counts = RunSummary()
  private(set) var mayGrow = false
  /// Whether it is known how much there is to do.
  private(set) var isPlanned = false
  private(set) var pipeline = ""
  private var running: [Place: Running] = [:]
  /// How long bodies have run that have ended.
  private var spent: Duration = .zero
  private var spentByTask: [String: (count: Int, time: Duration)] = [:]

  /// Nodes that have reached their last state.
  var done: Int {
    counts.executed + counts.hits + counts.failed + counts.ignored + counts.skipped
      + counts.cancelled + counts.notNeeded
  }

  /// Nodes in all, as far as they are known: never fewer than ``done``.
  var total: Int { max(counts.nodes, done) }

  mutating func take(_ event: RunEvent, at time: Duration) {
    counts.count(event)
    switch event {
    case .started(_, let pipeline, _):
      isPlanned = true
      self.pipeline = pipeline
    case .nodeStarted(let start):
      running[place(start.position) ?? .name(start.name)] = Running(start: start, began: time)
    case .attemptFailed(let name, let attempt, _, let delay):
      guard let place = place(ofNamed: name) else { return }
      running[place]?.attempt = attempt + 1
      running[place]?.resumes = delay > .zero ? time + delay : nil
    case .nodeFinished(let report):
      running[place(report.position) ?? .name(report.name)] = nil
      guard report.attempts > 0 else { return }
      spent += report.duration
      let known = spentByTask[report.task] ?? (0, .zero)
      spentByTask[report.task] = (known.count + 1, known.time + report.duration)
    default: break
    }
  }

  mutating func take(_ reading: RunGauge.Reading) {
    counts.nodes = max(counts.nodes, reading.nodes)
    mayGrow = reading.mayGrow
  }

  /// The running nodes, the longest-running first.
  func longest() -> [Running] {
    running.values.sorted { $0.began < $1.began }
  }

  /// How long a task's bodies took in this run on average; nil before three have ended.
  func meanDuration(ofTask task: String) -> Duration? {
    guard let known = spentByTask[task], known.count > 2 else { return nil }
    return known.time / known.count
  }

  /// How many bodies ran at a time on average: at least 1.
  func width(at time: Duration) -> Double {
    let now = running.values.reduce(spent) { $0 + max(.zero, time - $1.began) }
    return time > .zero ? max(1, now / time) : 1
  }

  private func place(_ position: Int?) -> Place? { position.map { .position($0) } }

  private mutating func place(ofNamed name: String) -> Place? {
    if running[.name(name)] != nil { return .name(name) }
    // Seldom asked for, and each name is made once.
    for (place, node) in running where node.knownName == nil {
      running[place]?.knownName = node.start.name
    }
    return running.first { $0.value.knownName == name }?.key
  }
}
