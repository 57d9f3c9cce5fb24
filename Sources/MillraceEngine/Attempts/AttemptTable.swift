import MillraceGraph
import Synchronization

/// The nodes with a policy that have begun and not ended.
///
/// Whatever ends an attempt (its body, a time limit, the end of the run) asks here first, and the first
/// one wins: so each node reports its end once.
final class AttemptTable: Sendable {
  private struct Entry {
    var attempts: Attempts
    var current: Attempt?
    /// Ends the node when its time is over.
    var nodeAlarm: Task<Void, Never>?
    /// Ends the attempt, or the wait for the next.
    var alarm: Task<Void, Never>?

    func cancelAlarms() {
      nodeAlarm?.cancel()
      alarm?.cancel()
    }
  }

  /// What became of a node that was ended from outside.
  struct Ended {
    var node: Int
    /// Attempts that had begun.
    var count: Int
    var start: Duration?
    /// The attempt that is still running.
    var attempt: Attempt?
  }

  private let entries = Mutex<[Int: Entry]>([:])

  func contains(_ node: Int) -> Bool { entries.withLock { $0[node] != nil } }

  func insert(_ attempts: Attempts, of node: Int) {
    entries.withLock { $0[node] = Entry(attempts: attempts) }
  }

  /// Begins a node's next attempt.
  ///
  /// - Parameter make: Makes the attempt, from its number and limits. Called under the lock, so that the node's
  ///   inputs stay until their values are copied.
  /// - Returns: Nil if the node has ended.
  func begin(
    _ node: Int, at now: Duration, _ make: (Int, TimeoutPolicy) -> Attempt
  ) -> Attempt? {
    entries.withLock { entries in
      guard var entry = entries[node], entry.attempts.begin(at: now) else {
        entries[node] = nil
        return nil
      }
      let attempt = make(entry.attempts.count, entry.attempts.timeout)
      entry.current = attempt
      entries[node] = entry
      return attempt
    }
  }

  /// Starts the timer of an attempt, unless it has ended. Under the lock, so that whoever ends the attempt
  /// finds the timer and cancels it.
  func time(_ attempt: Attempt, _ start: () -> Task<Void, Never>) {
    entries.withLock { entries in
      guard entries[attempt.node]?.current === attempt else { return }
      entries[attempt.node]?.alarm = start()
    }
  }

  /// Starts the timer of a node, unless it has ended.
  func time(_ node: Int, _ start: () -> Task<Void, Never>) {
    entries.withLock { entries in
      guard let entry = entries[node], entry.attempts.phase != .ended else { return }
      entries[node]?.nodeAlarm = start()
    }
  }

  /// - Returns: When the node's first attempt began; nil if this attempt does not count any more.
  func succeeded(_ attempt: Attempt) -> Duration? {
    entries.withLock { entries in
      guard let entry = entries[attempt.node], entry.current === attempt else { return nil }
      entry.cancelAlarms()
      entries[attempt.node] = nil
      return entry.attempts.start
    }
  }

  /// - Returns: What follows and when the node's first attempt began; nil if this attempt does not
  ///   count any more.
  func failed(
    _ attempt: Attempt, _ error: any Error, isLast: Bool, at now: Duration
  ) -> (verdict: Attempts.Verdict, start: Duration)? {
    entries.withLock { entries in
      guard var entry = entries[attempt.node], entry.current === attempt,
        let verdict = entry.attempts.fail(error, isLast: isLast, at: now)
      else { return nil }
      entry.current = nil
      entry.alarm?.cancel()
      entry.alarm = nil
      if verdict == .giveUp { entry.cancelAlarms() }
      entries[attempt.node] = verdict == .giveUp ? nil : entry
      return (verdict, entry.attempts.start ?? now)
    }
  }

  /// Starts a node's wait, unless it has been ended.
  func wait(_ node: Int, _ start: () -> Task<Void, Never>) {
    entries.withLock { entries in
      guard entries[node]?.attempts.phase == .waiting else { return }
      entries[node]?.alarm = start()
    }
  }

  /// A node's wait is over.
  ///
  /// - Returns: Whether it still waited.
  func resume(_ node: Int) -> Bool {
    entries.withLock { $0[node]?.attempts.resume() ?? false }
  }

  /// A worker took a node that is not to begin any more.
  ///
  /// - Returns: What became of it; nil if its end was reported before.
  func abandon(_ node: Int) -> Ended? {
    entries.withLock { entries in
      guard var entry = entries.removeValue(forKey: node) else {
        return Ended(node: node, count: 0, start: nil, attempt: nil)
      }
      entry.cancelAlarms()
      guard entry.attempts.end() else { return nil }
      return Ended(
        node: node, count: entry.attempts.count, start: entry.attempts.start, attempt: nil)
    }
  }

  /// Ends a node whatever it does.
  ///
  /// - Returns: Nil if it has ended, or never begun.
  func end(_ node: Int) -> Ended? {
    entries.withLock { Self.end(node, in: &$0) }
  }

  /// Ends all nodes that wait before their next attempt.
  func endWaits() -> [Ended] {
    entries.withLock { entries in
      let waiting = entries.filter { $0.value.attempts.phase == .waiting }.keys.sorted()
      return waiting.compactMap { Self.end($0, in: &entries) }
    }
  }

  private static func end(_ node: Int, in entries: inout [Int: Entry]) -> Ended? {
    guard var entry = entries[node] else { return nil }
    let wasQueued = entry.attempts.phase == .queued
    guard entry.attempts.end() else { return nil }
    entry.cancelAlarms()
    let ended = Ended(
      node: node, count: entry.attempts.count, start: entry.attempts.start, attempt: entry.current)
    entry.current = nil
    // A worker will ask for the node once more, and must find that it has ended.
    entries[node] = wasQueued ? entry : nil
    return ended
  }

  /// What waits for a node's time to be over, and for that of its attempt or of its wait. A test can wait
  /// until they have done what they do.
  func alarms(of node: Int) -> (node: Task<Void, Never>?, attempt: Task<Void, Never>?) {
    entries.withLock { ($0[node]?.nodeAlarm, $0[node]?.alarm) }
  }

  /// The attempts that run.
  var current: [Attempt] { entries.withLock { $0.values.compactMap(\.current) } }
}
