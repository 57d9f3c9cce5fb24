public import MillraceGraph

/// How a node ended in a run.
public struct NodeReport: Sendable {
  public enum State: String, Sendable {
    /// Its body ran and returned.
    case executed
    /// Its value is known from an earlier run, or from another node of equal key in this one.
    case hit
    /// Its body threw in the last attempt.
    case failed
    /// Its body threw in the last attempt, and consumers got the value that it was given for that case.
    case ignored
    /// It did not run because something that it needs failed.
    case skipped
    /// It was stopped, or never started, because the run ended before.
    case cancelled
    /// Nothing that ran needed it.
    case notNeeded
  }

  public var name: String {
    get { label.name }
    set { label = .text(newValue) }
  }
  private var label: NodeLabel
  /// The node's place in the run, which is cheaper than its name.
  package var position: Int? { label.position }
  /// The task's name.
  public var task: String
  public var state: State
  /// Attempts made, from 1; 0 if the body never ran.
  public var attempts: Int
  /// From the first attempt's start to the end of storing; zero if the body never ran, and for a value
  /// that is not stored in a run that nobody observes.
  public var duration: Duration
  /// Bytes of the artifact; nil if the value is not stored.
  public var size: Int?
  public var error: PipelineError?
  /// The attempts that failed, in their order, the last one included; empty for a node that has one
  /// attempt and no time limit.
  public var failedAttempts: [FailedAttempt] = []
  /// Why its body ran, in the words of a plan; nil where it did not, and in runs without
  /// ``RunOptions/explainsNodes``.
  public var explanation: String?

  init(
    label: NodeLabel, task: String, state: State, attempts: Int, duration: Duration,
    size: Int? = nil, error: PipelineError? = nil, failedAttempts: [FailedAttempt] = []
  ) {
    self.label = label
    self.task = task
    self.state = state
    self.attempts = attempts
    self.duration = duration
    self.size = size
    self.error = error
    self.failedAttempts = failedAttempts
  }
}

/// An attempt of a node that failed.
public struct FailedAttempt: Sendable {
  /// Which one it was, from 1.
  public var number: Int
  /// From its start to its end.
  public var duration: Duration
  /// What it threw, or ``TimeoutError``.
  public var error: any Error
  /// The wait before the next attempt; nil for the last one.
  public var delay: Duration?
}
