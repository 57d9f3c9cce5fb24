public import MillraceGraph

/// What executes nodes.
///
/// A backend decides how many nodes run at once, where and in which order; which nodes are ready, and
/// what they are, is the engine's. Every backend passes the suite of `BackendTests`.
public protocol Backend: BackendReference {
  /// How many bodies run at once, and which of the waiting ones first; unbounded by default.
  var capacity: BackendCapacity { get }

  /// Opens a session for one run. Blocks of a run that name equal backends share a session.
  ///
  /// - Throws: ``PipelineError`` with code `misuse` if the backend was set up in a way that cannot work.
  func makeSession() throws -> any BackendSession
}

/// A backend's part in one run.
public protocol BackendSession: Sendable {
  /// Hands over jobs that are ready, in declaration order. Called from any thread, also from inside of
  /// a job.
  ///
  /// The session runs each job exactly once.
  func submit(_ jobs: [BackendJob])

  /// Hands over jobs that a job made ready and that is at its end, on the thread that ran it. By
  /// default as any others; a session may leave them to the worker that is about to be free.
  func submitAtEnd(_ jobs: [BackendJob])
}

extension BackendSession {
  public func submitAtEnd(_ jobs: [BackendJob]) { submit(jobs) }
}

/// One step of one node, ready to run.
public struct BackendJob: Sendable {
  /// The place of the node in declaration order; a serial backend runs the lowest first.
  public let rank: Int
  let body: @Sendable () -> (@Sendable () async -> Void)?

  init(rank: Int, body: @escaping @Sendable () -> (@Sendable () async -> Void)?) {
    self.rank = rank
    self.body = body
  }

  /// Runs the step on the calling thread.
  ///
  /// - Returns: Nil when the step is done; where the task is asynchronous, the rest of it, which the
  ///   backend awaits before it takes the step for done.
  public func run() -> (@Sendable () async -> Void)? { body() }
}
