import Millrace
import MillraceEngine
import MillraceGraph
import MillraceStore

/// One run from the command line: from settings to exit status.
struct PipelineRun {
  private let common: CommonOptions
  private let detail: ReportingOptions.Detail
  private let session: Session

  init(
    _ common: CommonOptions, _ detail: ReportingOptions.Detail = .normal, in session: Session
  ) {
    self.common = common
    self.detail = detail
    self.session = session
  }

  func perform(_ pipeline: some PipelineCommand) async -> ExitStatus {
    do {
      return await perform(pipeline, try common.settings(in: session))
    } catch {
      session.console.complain("Error: \(error)")
      return .usage
    }
  }

  private func perform(_ pipeline: some PipelineCommand, _ settings: Settings) async -> ExitStatus {
    let console = session.console
    if settings.usesJSON { console.reserveOutput() }
    var options = settings.options(
      session.environment, limits: type(of: pipeline).resourceLimits)
    let reporter = reporter(settings, &options)
    options.observers = [reporter]
    options.explainsNodes = detail == .verbose
    let interrupts = Interrupts(console: console, cancellation: options.cancellation)
    if session.hearsSignals { interrupts.listen() }
    defer { interrupts.stopListening() }

    if detail == .verbose, !settings.usesJSON, let sentence = settings.file.sentence {
      console.print(sentence)
    }
    let live = reporter as? LiveReporter
    live?.begin()
    defer { live?.end() }
    let started = ContinuousClock.now
    var status = ExitStatus.failure
    do {
      let store = try settings.store.open { reporter.warn($0) }
      live?.knowDurations { store.lastDuration(ofName: $0) }
      let result = try await run(pipeline, settings, in: store, options)
      // Whether everything is written must be known before the run is called a success.
      try store.close()
      reporter.finish(result)
      if result.status == .succeeded { status = .success }
    } catch {
      reporter.abort(error, after: .now - started)
    }
    if let signal = interrupts.signal { return .interrupted(by: signal) }
    return status == .success ? console.status : status
  }

  /// Who tells of the run: a live region where there can be one and nobody asked for less.
  private func reporter(_ settings: Settings, _ options: inout RunOptions) -> any RunReporter {
    let console = session.console
    if settings.usesJSON { return JSONReporter(console, profile: settings.file.profile) }
    guard detail != .quiet, let terminal = console.terminal else {
      return LineReporter(console, detail: detail)
    }
    let gauge = RunGauge()
    options.gauge = gauge
    return LiveReporter(
      console, on: terminal, detail: detail, gauge: gauge, cancellation: options.cancellation)
  }

  private func run(
    _ pipeline: some PipelineCommand, _ settings: Settings, in store: ArtifactStore,
    _ options: RunOptions
  ) async throws -> RunResult {
    let backend = settings.backend.backend
    guard store.isReadOnly else {
      return try await pipeline.run(on: backend, in: store, options: options)
    }
    // Nothing is computed that could not be kept.
    let plan = try await pipeline.plan(on: backend, in: store, options: options)
    let unstorable = plan.nodes.filter(\.wantsStorage)
    guard let first = unstorable.first else { return try await plan.run() }
    throw PipelineError(
      .output,
      "The store '\(store.place)' cannot be written to, and \(Amounts.count(unstorable.count, "node")) would have to run, such as '\(first.name)'; check its permissions, or name another with '--store'."
    )
  }
}

extension PlannedNode {
  /// Whether the node would run and its result be stored.
  fileprivate var wantsStorage: Bool {
    guard state == .run else { return false }
    return switch reason {
    case .new, .changed, .unreadable, .fileChanged, .invalidated, .forced: true
    default: false
    }
  }
}
