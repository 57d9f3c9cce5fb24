import Synchronization

/// `flock` on the store's `lock` file, which the system gives back when the process ends.
final class DiskLock: StorageLock {
  private let disk: any Disk
  private let path: String
  private let isReadOnly: Bool
  private let file = Mutex<Int32?>(nil)

  init(folder: String, isReadOnly: Bool, on disk: any Disk) {
    self.disk = disk
    self.isReadOnly = isReadOnly
    path = "\(folder)/lock"
  }

  deinit {
    if let file = file.withLock({ $0 }) { disk.closeFile(file) }
  }

  func acquireShared() throws { try acquire(exclusively: false) }
  func releaseShared() { release() }
  func acquireExclusive() throws { try acquire(exclusively: true) }
  func releaseExclusive() { release() }

  // The file's size is the number of clean-ups.

  func cleanUps() throws -> Int {
    guard let file = file.withLock({ $0 }) else { return 0 }
    do {
      return try disk.status(of: file).size
    } catch {
      throw unlockable(error)
    }
  }

  func countCleanUp() throws {
    guard let file = file.withLock({ $0 }) else { return }
    do {
      try [UInt8(ascii: "\n")].withUnsafeBytes { try disk.writeAll($0, to: file) }
    } catch {
      throw unlockable(error)
    }
  }

  private func unlockable(_ error: any Error) -> StoreFailure {
    StoreFailure(
      .unwritable, "The store's lock file cannot be used; check its permissions and free space.",
      path: path, cause: error)
  }

  private func acquire(exclusively: Bool) throws {
    do {
      let file = try file.withLock { file in
        let opened = try file ?? open()
        file = opened
        return opened
      }
      if let file { try disk.lock(file, exclusively: exclusively) }
    } catch {
      throw unlockable(error)
    }
  }

  /// The lock's file; in a store that can only be read there need not be one.
  private func open() throws -> Int32? {
    guard isReadOnly else { return try disk.openToLock(path) }
    do {
      return try disk.openToRead(path)
    } catch let error as SystemCallError where error.isNotFound {
      return nil
    }
  }

  private func release() {
    if let file = file.withLock({ $0 }) { disk.unlock(file) }
  }
}
