import Synchronization

/// `flock` on the store's `lock` file, which the system gives back when the process ends.
final class DiskLock: StorageLock {
  private let disk: any Disk
  private let path: String
  private let file = Mutex<Int32?>(nil)

  init(folder: String, on disk: any Disk) {
    self.disk = disk
    path = "\(folder)/lock"
  }

  deinit {
    if let file = file.withLock({ $0 }) { disk.closeFile(file) }
  }

  func acquireShared() throws {
    do {
      let file = try file.withLock { file in
        let opened = try file ?? disk.openToLock(path)
        file = opened
        return opened
      }
      try disk.lock(file, exclusively: false)
    } catch {
      throw StoreFailure(
        .unwritable, "The store's lock file cannot be locked; check its permissions.",
        path: path, cause: error)
    }
  }

  func releaseShared() {
    if let file = file.withLock({ $0 }) { disk.unlock(file) }
  }
}
