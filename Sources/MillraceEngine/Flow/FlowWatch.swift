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
    tellStart(of: node)
    return clock.now.nanoseconds
  }

  func tellStart(of node: Int) { events.send(.began(node: Int32(truncatingIfNeeded: node))) }

  /// A node has run and is stored; to be told before that is known to others.
  func executed(_ node: Int, _ nanoseconds: UInt64, size: Int) {
    events.send(
      .executed(node: Int32(truncatingIfNeeded: node), nanoseconds: nanoseconds, size: size))
  }

  /// A node's value is known.
  func hit(_ node: Int, size: Int) {
    events.send(.hit(node: Int32(truncatingIfNeeded: node), size: size))
  }

  /// A body has returned; to be told before its value is there for others.
  func end(_ node: Int, since start: UInt64) {
    let duration = clock.now.nanoseconds &- start
    durations[node] = duration
    events.send(.executed(node: Int32(truncatingIfNeeded: node), nanoseconds: duration, size: -1))
  }

  /// A body threw.
  func fail(_ node: Int, since start: UInt64) { durations[node] = clock.now.nanoseconds &- start }

  func duration(of node: Int) -> Duration { .nanoseconds(durations[node]) }
}
