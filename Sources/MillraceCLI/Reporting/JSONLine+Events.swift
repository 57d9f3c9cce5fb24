import MillraceEngine
import MillraceGraph
import MillraceStore

extension JSONLine {
  /// The line of an event; nil for those that have none.
  init?(_ event: RunEvent) {
    switch event {
    case .started(let run, let pipeline, let nodes):
      self.init(event: "start")
      add("pipeline", pipeline)
      add("run", run.description)
      add("nodes", nodes)
    case .attemptFailed(let name, let attempt, let error, let delay):
      self.init(event: "retry")
      add("name", name)
      add("attempt", attempt)
      add("error", "\(error)")
      if delay > .zero { add("delay", delay) }
    case .logged(let name, let attempt, let line):
      self.init(event: "log")
      add("name", name)
      add("attempt", attempt)
      add("level", line.level.rawValue)
      add("source", line.source.rawValue)
      add("text", line.text)
    case .nodeFinished(let report):
      guard report.state != .notNeeded else { return nil }
      self.init(report)
    case .exported(let name, let path):
      self.init(event: "export")
      add("name", name)
      add("path", path)
    case .printed(let name, let text):
      self.init(event: "print")
      add("name", name)
      add("text", text)
    case .nodeStarted, .finished: return nil
    }
  }

  private init(_ report: NodeReport) {
    self.init(event: "node")
    add("name", report.name)
    add("task", report.task)
    add("state", report.state.rawValue)
    add("seconds", report.duration)
    add("attempts", report.attempts)
    if let size = report.size { add("bytes", size) }
    if let error = report.error { add("error", Failures.sentence(error)) }
    if let reason = report.explanation { add("reason", reason) }
  }

  static func warning(_ warning: StoreWarning) -> JSONLine {
    var line = JSONLine(event: "warning")
    line.add("code", warning.code.description)
    line.add("message", warning.description)
    return line
  }

  static func error(_ error: any Error) -> JSONLine {
    var line = JSONLine(event: "error")
    if let error = error as? PipelineError { line.add("code", error.code.description) }
    if let error = error as? StoreFailure { line.add("code", error.code.description) }
    line.add("message", Failures.sentence(error))
    return line
  }

  /// The last line of a run.
  static func run(_ summary: RunSummary) -> JSONLine {
    var line = JSONLine(event: "run")
    line.add("status", summary.status)
    line.add("nodes", summary.nodes)
    line.add("executed", summary.executed)
    line.add("hits", summary.hits)
    line.add("failed", summary.failed)
    line.add("seconds", summary.duration)
    return line
  }

  static func planned(_ node: PlannedNode) -> JSONLine {
    var line = JSONLine(event: "node")
    line.add("name", node.name)
    line.add("task", node.task)
    line.add("state", node.state.rawValue)
    if let reason = node.reason { line.add("reason", reason.description) }
    if case .changed(let changes)? = node.reason {
      line.add("changes", changes.map(ExplanationLines.members))
      line.add("file", node.fileID)
      line.add("line", node.line)
    }
    return line
  }

  /// The last line of a plan.
  static func plan(_ nodes: [PlannedNode], status: String) -> JSONLine {
    let counts = PlanCounts(nodes)
    var line = JSONLine(event: "plan")
    line.add("status", status)
    line.add("nodes", counts.nodes)
    line.add("run", counts.run)
    line.add("hits", counts.hits)
    line.add("waiting", counts.waiting)
    line.add("onDemand", counts.onDemand)
    return line
  }
}
