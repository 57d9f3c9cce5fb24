import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Holds the storage's lock while anything stands between *object exists* and *record appended*.
final class WriteGate: Sendable {
  private let lock: any StorageLock
  private let count = Mutex(0)
  private let seenCleanUps = Atomic<Int>(0)
  /// Held by whoever enters, for a moment, and by a clean-up of this store from beginning to end.
  private let door = Mutex(())

  init(_ lock: any StorageLock) {
    self.lock = lock
  }

  /// Begins something that must not be cleaned away; waits while a clean-up is at work.
  func enter() throws {
    try door.withLock { _ in try comeIn() }
  }

  /// As ``enter()``, unless a clean-up of this process is at work or waits to be.
  ///
  /// - Returns: Whether it was entered.
  func enterIfFree() throws -> Bool {
    try door.withLockIfAvailable { _ in try comeIn() } != nil
  }

  private func comeIn() throws {
    try count.withLock { count in
      if count == 0 {
        try lock.acquireShared()
        do {
          seenCleanUps.store(try lock.cleanUps(), ordering: .relaxed)
        } catch {
          lock.releaseShared()
          throw error
        }
      }
      count += 1
    }
  }

  /// How many clean-ups there have been, as of when somebody came in last. No other can begin while he
  /// is inside.
  var cleanUps: Int { seenCleanUps.load(ordering: .relaxed) }

  /// Ends as many as were begun.
  func leave(_ number: Int = 1) {
    guard number > 0 else { return }
    count.withLock { count in
      count -= number
      if count == 0 { lock.releaseShared() }
    }
  }

  /// Cleans up while nobody is inside, in this process or another.
  ///
  /// - Parameters:
  ///   - flush: Lets those out who are inside of this gate and wait for their records to be written.
  ///   - operation: The clean-up.
  func excludingAll<Result: Sendable>(
    flush: () throws -> Void, _ operation: () throws -> Result
  ) throws -> Result {
    try door.withLock { _ in
      // Nobody new comes in; who is inside has only to append his record.
      while count.withLock({ $0 > 0 }) {
        try flush()
        if count.withLock({ $0 > 0 }) { usleep(200) }
      }
      try lock.acquireExclusive()
      defer { lock.releaseExclusive() }
      try lock.countCleanUp()
      return try operation()
    }
  }
}
