/// How long a node waits between its attempts.
public struct Backoff: Hashable, Sendable {
  /// The wait before the second attempt.
  public let initial: Duration
  /// What each wait is multiplied by for the next; at least 1.
  public let factor: Double
  /// The longest wait.
  public let maximum: Duration
  /// The share of each wait that chance decides, from 0 to 1.
  public let jitter: Double

  /// Values that make no sense are taken for the nearest that do.
  public init(initial: Duration, factor: Double, maximum: Duration, jitter: Double) {
    self.initial = max(.zero, initial)
    // Written so that what is no number counts as too small.
    self.factor = factor > 1 ? factor : 1
    self.maximum = max(.zero, maximum)
    self.jitter = jitter > 0 ? min(1, jitter) : 0
  }

  /// No wait.
  public static let none: Backoff = Backoff(
    initial: .zero, factor: 1, maximum: .zero, jitter: 0)

  /// The wait after an attempt has failed.
  ///
  /// - Parameters:
  ///   - attempt: The attempt that failed, from 1.
  ///   - random: Asked only if there is ``jitter``.
  /// - Returns: A whole number of nanoseconds: the exponential wait *w*, at most ``maximum``, or with
  ///   jitter a time between (1 − ``jitter``)·*w* and *w*.
  public func delay(
    after attempt: Int, using random: inout some RandomNumberGenerator
  ) -> Duration {
    guard initial > .zero else { return .zero }
    var wait = nanoseconds(initial)
    let limit = nanoseconds(maximum)
    var step = 1
    while step < attempt, wait < limit, factor > 1 {
      wait *= factor
      step += 1
    }
    wait = min(wait, limit)
    if jitter > 0 { wait *= 1 - jitter * Double.random(in: 0...1, using: &random) }
    return .nanoseconds(Int64(wait.rounded(.down)))
  }

  /// No longer than a hundred years, which a whole number of nanoseconds still has room for.
  private func nanoseconds(_ duration: Duration) -> Double {
    let (seconds, attoseconds) = duration.components
    return min(3e18, Double(seconds) * 1e9 + Double(attoseconds) / 1e9)
  }
}
