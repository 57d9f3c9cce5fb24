import MillraceEngine
import MillraceGraph
import MillraceStore
import Synchronization

/// Tells of a run on a terminal: lines for what has ended, above a live region that shows what is going on.
///
/// Nothing is shown of a run that is over in a moment, such as one of hits alone.
final class LiveReporter: RunReporter {
  /// How long a run has to take before it has a region.
  private static let patience = Duration.milliseconds(200)
  /// How many nodes are asked about for an estimate.
  private static let askedNodes = 1000

  private struct State {
    var progress = ProgressState()
    var lastDuration: (@Sendable (String) -> Duration?)?
    /// When the run is expected to end, and when that was worked out.
    var end: (time: Duration, madeAt: Duration)?
    var endCapture: (@Sendable () -> Void)?
    var isOver = false
  }

  private let console: Console
  private let terminal: Terminal
  private let lines: LineReporter
  private let layout: ProgressLines
  private let gauge: RunGauge
  private let cancellation: Cancellation
  private let now: @Sendable () -> Duration
  private let state = Mutex(State())
  private let region: Mutex<LiveRegion?> = Mutex(nil)

  /// - Parameter now: The time since the run began.
  init(
    _ console: Console, on terminal: Terminal, detail: ReportingOptions.Detail, gauge: RunGauge,
    cancellation: Cancellation, now: (@Sendable () -> Duration)? = nil
  ) {
    self.console = console
    self.terminal = terminal
    lines = LineReporter(console, detail: detail, showsHits: false)
    layout = ProgressLines(isColoured: console.isColoured)
    self.gauge = gauge
    self.cancellation = cancellation
    let start = ContinuousClock.now
    self.now = now ?? { .now - start }
  }

  /// Begins to show what is going on. What tasks print is caught from here on.
  func begin() {
    let region = LiveRegion(on: terminal) { [console] in
      console.writeDirectly(.output, $0)
    } contents: { [weak self] size in
      self?.contents(size) ?? []
    }
    self.region.withLock { $0 = region }
    console.setRegion(region)
    let endCapture = terminal.capture { _ = region.print($0, from: .tasks, isUrgent: true) }
    state.withLock { $0.endCapture = endCapture }
    region.start()
  }

  /// Lets the estimate look up how long a result, by its full name, took to make.
  func knowDurations(_ lastDuration: @escaping @Sendable (String) -> Duration?) {
    state.withLock { $0.lastDuration = lastDuration }
  }

  /// Leaves the terminal as it was, with all that was printed.
  func end() {
    let (isFirst, endCapture) = state.withLock { state in
      defer { state.isOver = true }
      return (!state.isOver, state.endCapture)
    }
    guard isFirst else { return }
    endCapture?()
    region.withLock { $0 }?.close()
    console.setRegion(nil)
  }

  // MARK: The run

  func receive(_ event: RunEvent) {
    state.withLock { $0.progress.take(event, at: now()) }
    switch event {
    // Nothing runs any more, and a text is to be printed as it is.
    case .printed, .finished: end()
    default: break
    }
    lines.receive(event)
  }

  func warn(_ warning: StoreWarning) { lines.warn(warning) }

  func finish(_ result: RunResult) {
    end()
    lines.finish(result)
  }

  func abort(_ error: any Error, after duration: Duration) {
    end()
    lines.abort(error, after: duration)
  }

  // MARK: The region

  private func contents(_ size: TerminalSize) -> [String] {
    let time = now()
    guard time >= Self.patience else { return [] }
    let reading = gauge.reading()
    estimate(at: time)
    let view = state.withLock { state in
      if let reading { state.progress.take(reading) }
      var view = ProgressView(state.progress, at: time, limit: ProgressLines.rowLimit(size))
      view.isEnding = cancellation.isCancelled
      if let end = state.end?.time, !view.isEnding, end >= time + .seconds(1) {
        view.left = end - time
      }
      return view
    }
    return layout.all(of: view, on: size)
  }

  /// Works out once a second when the run will end; in between the time runs down.
  private func estimate(at time: Duration) {
    let (progress, lastDuration) = state.withLock { state in
      let isDue = state.end.map { time >= $0.madeAt + .seconds(1) } ?? true
      return (isDue ? state.progress : nil, state.lastDuration)
    }
    guard let progress, progress.isPlanned else { return }
    let left = progress.mayGrow ? nil : left(progress, at: time, lastDuration)
    state.withLock { $0.end = (time + (left ?? .zero), time) }
  }

  private func left(
    _ progress: ProgressState, at time: Duration, _ lastDuration: ((String) -> Duration?)?
  ) -> Duration? {
    guard let pending = gauge.pending(limit: Self.askedNodes) else {
      return ProgressEstimate.left(
        afterExecuting: progress.counts.executed, in: time,
        remaining: progress.total - progress.done)
    }
    let begun = Dictionary(progress.longest().map { ($0.name, time - $0.began) }) { $1 }
    let tasks = pending.map { node in
      ProgressEstimate.Task(
        expected: lastDuration?("\(progress.pipeline)/\(node.name)")
          ?? progress.meanDuration(ofTask: node.task),
        spent: begun[node.name] ?? .zero)
    }
    return ProgressEstimate.left(for: tasks, width: progress.width(at: time))
  }
}
