/// How often a node is tried again when its body throws.
///
/// Cancellation is never tried again.
public struct RetryPolicy: Hashable, Sendable {
  /// Attempts in all, at least 1.
  public let attempts: Int

  private init(attempts: Int) { self.attempts = max(1, attempts) }

  /// One attempt.
  public static let none: RetryPolicy = RetryPolicy(attempts: 1)

  /// Tries again at once, up to `retries` times after the first failure.
  public static func times(_ retries: Int) -> RetryPolicy {
    RetryPolicy(attempts: max(0, retries) + 1)
  }
}
