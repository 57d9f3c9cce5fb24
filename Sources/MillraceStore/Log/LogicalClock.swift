import Synchronization

/// Gives logical times, each later than every one given or seen before, until the year 2262.
final class LogicalClock: Sendable {
  private let last = Atomic<UInt64>(0)
  private let wallClock: @Sendable () -> UInt64

  init(wallClock: @escaping @Sendable () -> UInt64) {
    self.wallClock = wallClock
  }

  func next() -> LogicalTime {
    let now = min(wallClock(), LogicalTime.latest.nanoseconds - 1)
    var seen = last.load(ordering: .relaxed)
    while true {
      // At the latest time clocks stop: what is recorded then is still read.
      let next = min(max(now, seen) + 1, LogicalTime.latest.nanoseconds)
      let (exchanged, original) = last.compareExchange(
        expected: seen, desired: next, ordering: .relaxed)
      if exchanged { return LogicalTime(nanoseconds: next) }
      seen = original
    }
  }

  /// Takes note of another writer's time.
  func observe(_ time: LogicalTime) {
    _ = last.max(time.nanoseconds, ordering: .relaxed)
  }
}
