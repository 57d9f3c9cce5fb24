import Synchronization

/// `flock` on the store's `lock` file, which the system gives back when the process ends.
final class DiskLock: StorageLock {
  private let path: String
  private let file = Mutex<Int32?>(nil)

  init(folder: String) {
    path = "\(folder)/lock"
  }

  deinit {
    if let file = file.withLock({ $0 }) { FileSystem.closeFile(file) }
  }

  func acquireShared() throws {
    do {
      let file = try file.withLock { file in
        let opened = try file ?? FileSystem.openToLock(path)
        file = opened
        return opened
      }
      try FileSystem.lock(file, exclusively: false)
    } catch {
      throw StoreFailure(
        .unwritable, "The store's lock file cannot be locked; check its permissions.",
        path: path, cause: error)
    }
  }

  func releaseShared() {
    if let file = file.withLock({ $0 }) { FileSystem.unlock(file) }
  }
}
