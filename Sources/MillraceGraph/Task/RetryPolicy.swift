/// How often a node is tried again when its body throws, how long it waits before, and after which errors.
///
/// ```swift
/// @Task(retry: .exponential(attempts: 5).only(URLError.self).deadline(.seconds(600)))
/// func fetch(_ address: String) async throws -> String { … }
/// ```
///
/// Cancellation is never tried again, nor is an error that conforms to ``NotRetryable``.
public struct RetryPolicy: Hashable, Sendable {
  /// Attempts in all, at least 1.
  public let attempts: Int
  /// How long to wait before the second attempt and those after it.
  public private(set) var backoff: Backoff = .none
  /// The time after the first attempt's start in which further attempts may begin; nil for no limit.
  public private(set) var deadline: Duration?
  /// The only errors to try again after; empty for every error.
  private var included: Set<ErrorKind> = []
  private var excluded: Set<ErrorKind> = []

  private init(attempts: Int) { self.attempts = max(1, attempts) }

  /// One attempt.
  public static let none: RetryPolicy = RetryPolicy(attempts: 1)

  /// Tries again at once, up to `retries` times after the first failure.
  public static func times(_ retries: Int) -> RetryPolicy {
    RetryPolicy(attempts: max(0, min(retries, Int.max - 1)) + 1)
  }

  /// Waits before each further attempt, longer each time.
  ///
  /// - Parameters:
  ///   - attempts: Attempts in all, the first one included.
  ///   - initial: The wait before the second attempt.
  ///   - factor: What each wait is multiplied by for the next; at least 1.
  ///   - maximum: The longest wait.
  ///   - jitter: The share of each wait that chance decides, from 0 to 1, so that nodes that failed
  ///     together do not come back together. The run's seed and the node's key decide it.
  public static func exponential(
    attempts: Int, initial: Duration = .seconds(1), factor: Double = 2,
    maximum: Duration = .seconds(60), jitter: Double = 0.5
  ) -> RetryPolicy {
    var policy = RetryPolicy(attempts: attempts)
    policy.backoff = Backoff(initial: initial, factor: factor, maximum: maximum, jitter: jitter)
    return policy
  }

  /// Tries again only after errors of these types; said again, after errors of further types.
  ///
  /// An attempt that ran out of time ends with ``TimeoutError``.
  public func only<each Kind: Error>(_ types: repeat (each Kind).Type) -> RetryPolicy {
    var policy = self
    repeat policy.included.formUnion([ErrorKind(each types)])
    return policy
  }

  /// Does not try again after errors of these types.
  public func except<each Kind: Error>(_ types: repeat (each Kind).Type) -> RetryPolicy {
    var policy = self
    repeat policy.excluded.formUnion([ErrorKind(each types)])
    return policy
  }

  /// Begins no further attempt once this time has passed since the first one began, and does not wait
  /// for one that would begin later. An attempt that has begun may go on: see ``TimeoutPolicy``.
  public func deadline(_ time: Duration) -> RetryPolicy {
    var policy = self
    policy.deadline = time
    return policy
  }

  /// Whether this error is one to try again after, as long as attempts and time are left.
  public func retries(after error: any Error) -> Bool {
    if error is any NotRetryable || error is CancellationError { return false }
    if !included.isEmpty && !included.contains(where: { $0.matches(error) }) { return false }
    return !excluded.contains { $0.matches(error) }
  }
}

/// An error after which no policy tries again, such as a password that is wrong.
public protocol NotRetryable: Error {}

/// A type of errors, as a value.
private struct ErrorKind: Hashable, Sendable {
  private let id: ObjectIdentifier
  let matches: @Sendable (any Error) -> Bool

  init<Kind: Error>(_ type: Kind.Type) {
    id = ObjectIdentifier(type)
    matches = { $0 is Kind }
  }

  static func == (left: ErrorKind, right: ErrorKind) -> Bool { left.id == right.id }

  func hash(into hasher: inout Hasher) { hasher.combine(id) }
}
