/// What a ``FlowRun`` tells of its nodes, where somebody watches.
final class FlowWatch: @unchecked Sendable {
  private let events: EventStream
  private let clock: RunClock
  /// How long each body took, in nanoseconds, by position; written by the worker that ran it.
  private let durations: Memory<UInt64>

  init(_ events: EventStream, _ clock: RunClock, count: Int) {
    self.events = events
    self.clock = clock
    durations = Memory(repeating: 0, count: count)
  }

  /// A body is about to begin.
  ///
  /// - Returns: The time by the run's clock, in nanoseconds, for ``end(_:since:)`` and ``fail(_:since:)``.
  func begin(_ node: Int) -> UInt64 {
    events.send(.began(node: Int32(truncatingIfNeeded: node)))
    return clock.now.nanoseconds
  }

  /// A body has returned; to be told before its value is there for others.
  func end(_ node: Int, since start: UInt64) {
    let duration = clock.now.nanoseconds &- start
    durations[node] = duration
    events.send(.executed(node: Int32(truncatingIfNeeded: node), nanoseconds: duration))
  }

  /// A body threw.
  func fail(_ node: Int, since start: UInt64) { durations[node] = clock.now.nanoseconds &- start }

  func duration(of node: Int) -> Duration { .nanoseconds(durations[node]) }
}
