import Synchronization

/// Holds the storage's lock while anything stands between *object exists* and *record appended*.
final class WriteGate: Sendable {
  private let lock: any StorageLock
  private let count = Mutex(0)

  init(_ lock: any StorageLock) {
    self.lock = lock
  }

  /// Begins something that must not be cleaned away; waits while a clean-up is at work.
  func enter() throws {
    try count.withLock { count in
      if count == 0 { try lock.acquireShared() }
      count += 1
    }
  }

  /// Ends as many as were begun.
  func leave(_ number: Int = 1) {
    guard number > 0 else { return }
    count.withLock { count in
      count -= number
      if count == 0 { lock.releaseShared() }
    }
  }
}
