/// Keeps a clean-up away while somebody is between *object exists* and *record appended*.
///
/// Any number of writers share the lock; who removes objects holds it alone. It ends with the
/// process that holds it, so nobody is ever asked to unlock a store.
public protocol StorageLock: Sendable {
  /// Waits until no clean-up is at work and keeps further ones out.
  ///
  /// Calls do not nest: the store calls this once before each ``releaseShared()``.
  func acquireShared() throws

  /// Lets clean-ups in again.
  func releaseShared()

  /// Waits until nobody holds the lock, and keeps everybody out.
  ///
  /// The store holds nothing of the lock when it calls this.
  func acquireExclusive() throws

  /// Lets everybody in again.
  func releaseExclusive()

  /// How many clean-ups there have been, whether or not they ended.
  ///
  /// Called while the lock is held, so that it says whether something was removed since it was held before.
  func cleanUps() throws -> Int

  /// Counts a clean-up that begins now; the lock is held exclusively.
  func countCleanUp() throws
}
