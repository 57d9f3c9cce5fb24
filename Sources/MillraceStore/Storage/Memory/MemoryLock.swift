/// The lock of a storage in memory, where nothing is ever cleaned up.
struct MemoryLock: StorageLock {
  func acquireShared() {}
  func releaseShared() {}
}
