import Synchronization

/// A clock that stands still until a test moves it.
///
/// ```swift
/// let clock = ManualClock()
/// let running = Task { try await graph.run(options: options) }   // with options.clock = clock
/// await clock.sleepers(1)                                        // the node waits for its next attempt
/// clock.advance(by: .seconds(1))
/// let result = try await running.value
/// ```
public final class ManualClock: Clock {
  /// A time since the clock was made.
  public struct Instant: InstantProtocol {
    public var offset: Duration

    public init(offset: Duration) { self.offset = offset }

    public func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
    public func duration(to other: Instant) -> Duration { other.offset - offset }
    public static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private struct State {
    var now = Instant(offset: .zero)
    var lastID = 0
    var sleepers: [Int: Sleeper] = [:]
    var watchers: [Watcher] = []

    /// Those who waited for what is so now.
    mutating func takeWatchers() -> [CheckedContinuation<Void, Never>] {
      let met = watchers.indices.filter { meets(watchers[$0].condition) }
      defer { for index in met.reversed() { watchers.remove(at: index) } }
      return met.map { watchers[$0].continuation }
    }

    func meets(_ condition: Condition) -> Bool {
      switch condition {
      case .count(let count): sleepers.count >= count
      case .offsets(let offsets): sleepers.values.map(\.deadline.offset).sorted() == offsets
      }
    }
  }

  private enum Condition {
    /// At least so many sleep.
    case count(Int)
    /// Exactly these are slept until.
    case offsets([Duration])
  }

  private struct Watcher {
    var condition: Condition
    var continuation: CheckedContinuation<Void, Never>
  }

  private struct Sleeper {
    var deadline: Instant
    var continuation: CheckedContinuation<Void, any Error>
  }

  private let state = Mutex(State())

  public init() {}

  public var now: Instant { state.withLock { $0.now } }
  public var minimumResolution: Duration { .zero }

  /// Returns when the clock was moved to the deadline or past it; at once if it has been.
  ///
  /// - Throws: `CancellationError` if the task is cancelled first.
  public func sleep(until deadline: Instant, tolerance: Duration? = nil) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enum Outcome { case asleep([CheckedContinuation<Void, Never>]), late, cancelled }
        let outcome: Outcome = state.withLock { state in
          // Under the lock, so that a cancellation is either seen here or finds the sleeper.
          if Task.isCancelled { return .cancelled }
          if deadline <= state.now { return .late }
          state.sleepers[id] = Sleeper(deadline: deadline, continuation: continuation)
          return .asleep(state.takeWatchers())
        }
        switch outcome {
        case .asleep(let watchers): for watcher in watchers { watcher.resume() }
        case .late: continuation.resume()
        case .cancelled: continuation.resume(throwing: CancellationError())
        }
      }
    } onCancel: {
      let (sleeper, watchers) = state.withLock { state in
        (state.sleepers.removeValue(forKey: id), state.takeWatchers())
      }
      sleeper?.continuation.resume(throwing: CancellationError())
      for watcher in watchers { watcher.resume() }
    }
  }

  /// Moves the clock on, and wakes those whose time has come, the earliest first.
  public func advance(by duration: Duration) {
    let (woken, watchers) = state.withLock { state in
      state.now = state.now.advanced(by: duration)
      let now = state.now
      let due = state.sleepers.filter { $0.value.deadline <= now }
      for id in due.keys { state.sleepers[id] = nil }
      let sorted = due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
      return (sorted.map(\.value), state.takeWatchers())
    }
    for sleeper in woken { sleeper.continuation.resume() }
    for watcher in watchers { watcher.resume() }
  }

  /// Waits until at least this many tasks sleep.
  ///
  /// Somebody who is about to be cancelled counts. Where that is possible, wait for the times that are
  /// slept until.
  public func sleepers(_ count: Int) async { await wait(for: .count(count)) }

  /// Waits until tasks sleep until exactly these times since the clock was made, in any order.
  public func sleepers(until offsets: [Duration]) async {
    await wait(for: .offsets(offsets.sorted()))
  }

  private func wait(for condition: Condition) async {
    await withCheckedContinuation { continuation in
      let isMet = state.withLock { state in
        if state.meets(condition) { return true }
        state.watchers.append(Watcher(condition: condition, continuation: continuation))
        return false
      }
      if isMet { continuation.resume() }
    }
  }

  /// The times until which tasks sleep, the earliest first.
  public var deadlines: [Instant] {
    state.withLock { $0.sleepers.values.map(\.deadline).sorted() }
  }
}
