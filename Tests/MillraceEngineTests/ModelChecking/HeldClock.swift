import Dispatch
import Synchronization

/// What is waited for: each node has other lengths of time, so the length tells them apart.
struct HeldTimer: Hashable, Comparable, CustomStringConvertible {
  /// Ascending, so that no wait is refused for being longer than a node may take.
  enum Kind: Int {
    /// The time of an attempt.
    case attempt
    /// The wait before a further one.
    case wait
    /// The time of a node with all its attempts.
    case node
  }

  var node: Int
  var kind: Kind

  init(node: Int, kind: Kind) { (self.node, self.kind) = (node, kind) }

  fileprivate init?(_ delay: Duration) {
    guard let kind = Kind(rawValue: Int(delay.components.seconds) / 100) else { return nil }
    self.init(node: Int(delay.components.seconds) % 100 - 1, kind: kind)
  }

  var delay: Duration { .seconds(kind.rawValue * 100 + node + 1) }
  var description: String { "\(kind) of \(node)" }
  static func < (first: Self, second: Self) -> Bool { first.delay < second.delay }
}

/// A clock that stands still; who sleeps is woken by hand, in any order.
final class HeldClock: Clock {
  typealias Instant = ContinuousClock.Instant

  private let state = Mutex<[HeldTimer: CheckedContinuation<Void, any Error>]>([:])
  private let start = ContinuousClock.now
  /// Signalled for each sleeper that has come, or was cancelled before.
  let come = DispatchSemaphore(value: 0)

  var now: Instant { start }
  var minimumResolution: Duration { .zero }
  /// What is waited for, in an order of its own.
  var sleepers: [HeldTimer] { state.withLock { $0.keys.sorted() } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    guard let timer = HeldTimer(start.duration(to: deadline)) else { return }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isAsleep = state.withLock { sleepers in
          if Task.isCancelled { return false }
          sleepers[timer] = continuation
          return true
        }
        if !isAsleep { continuation.resume(throwing: CancellationError()) }
        come.signal()
      }
    } onCancel: {
      state.withLock { $0.removeValue(forKey: timer) }?.resume(throwing: CancellationError())
    }
  }

  func wake(_ timer: HeldTimer) {
    state.withLock { $0.removeValue(forKey: timer) }?.resume()
  }
}
