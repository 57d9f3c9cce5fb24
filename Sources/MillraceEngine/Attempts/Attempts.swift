import MillraceCoding
import MillraceGraph

/// Which attempts a node with a policy makes, and when: a state machine that knows no thread and no
/// clock. Times are counted from some moment before the first attempt.
struct Attempts: Sendable {
  enum Phase: Sendable {
    /// The next attempt begins as soon as a worker takes it.
    case queued
    case running
    /// Waits before the next attempt.
    case waiting
    /// Nothing that still happens counts.
    case ended
  }

  enum Verdict: Equatable {
    /// Try again, after a wait that may be zero.
    case again(after: Duration)
    case giveUp
  }

  let retry: RetryPolicy
  let timeout: TimeoutPolicy
  private var random: SeededRandom
  private(set) var phase = Phase.queued
  /// Attempts that have begun.
  private(set) var count = 0
  /// When the first attempt began.
  private(set) var start: Duration?

  init(retry: RetryPolicy, timeout: TimeoutPolicy, seed: Digest) {
    self.retry = retry
    self.timeout = timeout
    random = SeededRandom(seed: seed)
  }

  /// Begins the next attempt.
  ///
  /// - Returns: False if the node's time was over first.
  mutating func begin(at now: Duration) -> Bool {
    guard phase == .queued else { return false }
    phase = .running
    count += 1
    start = start ?? now
    return true
  }

  /// - Returns: Whether the attempt still counts.
  mutating func succeed() -> Bool {
    guard phase == .running else { return false }
    phase = .ended
    return true
  }

  /// - Parameter isLast: Whether the run is to end, so that nothing is tried again.
  /// - Returns: What follows; nil if the attempt does not count any more.
  mutating func fail(_ error: any Error, isLast: Bool = false, at now: Duration) -> Verdict? {
    guard phase == .running else { return nil }
    guard !isLast, count < retry.attempts, retry.retries(after: error) else {
      phase = .ended
      return .giveUp
    }
    let delay = retry.backoff.delay(after: count, using: &random)
    guard hasTime(at: now + delay) else {
      phase = .ended
      return .giveUp
    }
    phase = delay > .zero ? .waiting : .queued
    return .again(after: delay)
  }

  /// Whether an attempt may begin at a time. One that could not, is not waited for.
  private func hasTime(at time: Duration) -> Bool {
    guard let limit = [retry.deadline, timeout.node].compactMap(\.self).min() else { return true }
    return time - (start ?? time) < limit
  }

  /// The wait is over.
  ///
  /// - Returns: Whether the node still waited.
  mutating func resume() -> Bool {
    guard phase == .waiting else { return false }
    phase = .queued
    return true
  }

  /// Ends the node from outside: its time is over, or the run's.
  ///
  /// - Returns: Whether it had not ended before.
  mutating func end() -> Bool {
    defer { phase = .ended }
    return phase != .ended
  }
}
