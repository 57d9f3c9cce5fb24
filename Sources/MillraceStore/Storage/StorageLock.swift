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
}
