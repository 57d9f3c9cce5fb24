/// How long a node, and each of its attempts, may take.
///
/// An attempt that runs out of time has failed with ``TimeoutError`` from that moment on, and what it
/// still returns is dropped. An asynchronous body is cancelled. A synchronous one cannot be stopped: it keeps its
/// worker until it returns, so a long one should ask its ``TaskContext`` whether it is cancelled. Where all
/// workers are kept like that (on `.local` and `.dispatch(1)` by one such body), no other node runs meanwhile:
/// the node's next attempt, and all that can go on without it, wait.
public struct TimeoutPolicy: Hashable, Sendable {
  /// From the start of the first attempt to the end of the last, waits between them included.
  public let node: Duration?
  public let attempt: Duration?

  private init(node: Duration?, attempt: Duration?) {
    self.node = node
    self.attempt = attempt
  }

  /// No limit.
  public static let none: TimeoutPolicy = TimeoutPolicy(node: nil, attempt: nil)

  /// A limit for the node in all.
  public static func seconds(_ seconds: Double) -> TimeoutPolicy { .node(.seconds(seconds)) }

  /// A limit for the node in all, and one for each attempt.
  public static func node(_ limit: Duration, perAttempt: Duration? = nil) -> TimeoutPolicy {
    TimeoutPolicy(node: limit, attempt: perAttempt)
  }

  /// A limit for each attempt; the next one has as long again.
  public static func perAttempt(_ limit: Duration) -> TimeoutPolicy {
    TimeoutPolicy(node: nil, attempt: limit)
  }
}

/// What an attempt that ran out of time has failed with.
public struct TimeoutError: Error, Hashable, CustomStringConvertible {
  public let limit: Duration
  /// Whether the limit is that of one attempt, and not of the node in all.
  public let isPerAttempt: Bool

  public init(limit: Duration, isPerAttempt: Bool) {
    self.limit = limit
    self.isPerAttempt = isPerAttempt
  }

  public var description: String {
    isPerAttempt
      ? "an attempt may take \(limit); raise 'timeout:', or let the task ask 'context.isCancelled'"
      : "the node may take \(limit) in all; raise 'timeout:', or let it wait and retry less"
  }
}
