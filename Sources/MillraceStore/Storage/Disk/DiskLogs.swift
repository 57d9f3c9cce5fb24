import Synchronization

/// Segments as files `log/<name>.log`, each created exclusively and locked by its writer.
final class DiskLogs: LogStorage {
  private let disk: any Disk
  private let folder: String

  init(folder: String, on disk: any Disk) {
    self.disk = disk
    self.folder = "\(folder)/log"
  }

  private func path(of name: String) -> String {
    "\(folder)/\(name).log"
  }

  func create(_ name: String) throws -> any LogSegment {
    let path = path(of: name)
    do {
      let file = try disk.create(path, mode: 0o644)
      let segment = DiskSegment(file: file, path: path, folder: folder, on: disk)
      // Held until the file is closed, so that readers can tell a live writer from a dead one.
      try disk.lock(file, exclusively: true)
      return segment
    } catch let error as SystemCallError where error.isExisting {
      throw StoreFailure(
        .nameTaken, "A log segment of that name exists; choose another name.", path: path)
    } catch {
      throw StoreFailure(
        .unwritable, "The log segment cannot be created; check permissions and free space.",
        path: path, cause: error)
    }
  }

  func list() throws -> [String] {
    do {
      let names = try disk.names(in: folder) ?? []
      return names.compactMap { $0.hasSuffix(".log") ? String($0.dropLast(4)) : nil }
    } catch {
      throw StoreFailure(
        .unreadable, "The log's folder cannot be listed; check its permissions.", path: folder,
        cause: error)
    }
  }

  func read(_ name: String, from offset: Int, limit: Int) throws -> LogChunk {
    let path = path(of: name)
    do {
      let file = try disk.openToRead(path)
      defer { disk.closeFile(file) }
      // The status comes first: a segment that was sealed by now was complete by now.
      let status = try disk.status(of: file)
      let count = min(limit, max(0, status.size - offset))
      let bytes = try disk.read(count, at: offset, of: file)
      return LogChunk(bytes: bytes, size: status.size, isSealed: !status.isWritable)
    } catch {
      throw StoreFailure(
        .unreadable, "The log segment cannot be read; check permissions and the disk.",
        path: path, cause: error)
    }
  }

  func isBeingWritten(_ name: String) -> Bool {
    guard let file = try? disk.openToRead(path(of: name)) else { return false }
    defer { disk.closeFile(file) }
    return disk.isLocked(file)
  }

  func remove(_ names: [String]) throws {
    guard !names.isEmpty else { return }
    do {
      for name in names { try disk.remove(path(of: name)) }
      try disk.syncFolder(folder)
    } catch {
      throw StoreFailure(
        .unwritable, "Log segments cannot be removed; check the permissions of their folder.",
        path: folder, cause: error)
    }
  }
}

/// A segment's file while it is being written.
private final class DiskSegment: LogSegment {
  private struct State {
    var file: Int32?
    var isEntrySynced = false
  }
  private let state: Mutex<State>
  private let disk: any Disk
  private let path: String
  private let folder: String

  init(file: Int32, path: String, folder: String, on disk: any Disk) {
    self.disk = disk
    state = Mutex(State(file: file))
    self.path = path
    self.folder = folder
  }

  deinit {
    if let file = state.withLock({ $0.file }) { disk.closeFile(file) }
  }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try withFile { file, _ in try disk.writeAll(bytes, to: file) }
  }

  func sync() throws {
    try withFile { file, isEntrySynced in
      try disk.sync(file)
      if !isEntrySynced { try disk.syncFolder(folder) }
      isEntrySynced = true
    }
  }

  func beginSync() {
    state.withLock { state in
      if let file = state.file { disk.beginSync(file) }
    }
  }

  func seal() throws {
    try withFile { file, _ in try disk.makeUnwritable(file) }
    let file = state.withLock { state in
      defer { state.file = nil }
      return state.file
    }
    if let file { disk.closeFile(file) }
  }

  private func withFile(_ operation: (Int32, inout Bool) throws -> Void) throws {
    try state.withLock { state in
      guard let file = state.file else {
        throw StoreFailure(
          .unwritable, "The log segment is sealed; write to a new one.", path: path)
      }
      do {
        try operation(file, &state.isEntrySynced)
      } catch {
        throw StoreFailure(
          .unwritable, "The log segment cannot be written; check free space and the disk.",
          path: path, cause: error)
      }
    }
  }
}
