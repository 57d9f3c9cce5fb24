public import MillraceGraph
public import MillraceStore

/// What happens in a run, in the order in which it happened.
public enum RunEvent: Sendable {
  /// Planning is done and nodes start.
  case started(run: RunID, pipeline: String, nodes: Int)
  /// A task's body begins.
  case nodeStarted(NodeStart)
  /// An attempt failed and another follows after a wait, which may be zero.
  case attemptFailed(name: String, attempt: Int, error: any Error, delay: Duration)
  /// A task, or a program that it started, wrote to its log.
  case logged(name: String, attempt: Int, line: TaskLog.Line)
  /// A node has reached its last state.
  case nodeFinished(NodeReport)
  /// An artifact was copied to a file, or the file already has its bytes.
  case exported(name: String, path: String)
  /// The text of a node that is to be printed.
  case printed(name: String, text: String)
  case finished(RunResult)
}

/// A node whose body begins.
public struct NodeStart: Sendable {
  /// The node's name; made when it is asked for, as ``NodeReport/name``.
  public var name: String { label.name }
  let label: NodeLabel

  /// The node's place in the run, which is cheaper than its name.
  package var position: Int? { label.position }

  init(name: NodeLabel) { label = name }
}

/// Somebody who wants to know what happens: a progress display, a log, telemetry.
public protocol RunObserver: Sendable {
  /// Called for one event after the other, never at the same time, on a queue of its own: a slow
  /// observer delays itself alone.
  func receive(_ event: RunEvent)
}
