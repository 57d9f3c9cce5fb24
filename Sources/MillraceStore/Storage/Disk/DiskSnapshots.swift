/// Snapshots as files `index/<name>.index`, each written beside its name, synced and renamed.
struct DiskSnapshots: SnapshotStorage {
  private static let suffix = ".index"
  private static let temporarySuffix = ".tmp"

  private let disk: any Disk
  private let store: String
  private var folder: String { "\(store)/index" }

  init(folder: String, on disk: any Disk) {
    self.disk = disk
    store = folder
  }

  private func path(of name: String) -> String { "\(folder)/\(name)\(Self.suffix)" }

  private func names(endingWith suffix: String) throws -> [String] {
    do {
      return try (disk.names(in: folder) ?? []).compactMap { name in
        name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : nil
      }
    } catch {
      throw StoreFailure(
        .unreadable, "The folder of snapshots cannot be listed; check its permissions.",
        path: folder, cause: error)
    }
  }

  func list() throws -> [String] { try names(endingWith: Self.suffix) }

  func read(_ name: String, from offset: Int, limit: Int) throws -> (bytes: [UInt8], size: Int)? {
    let path = path(of: name)
    do {
      let file = try disk.openToRead(path)
      defer { disk.closeFile(file) }
      let size = try disk.status(of: file).size
      return (try disk.read(min(limit, max(0, size - offset)), at: offset, of: file), size)
    } catch let error as SystemCallError where error.isNotFound {
      return nil
    } catch {
      throw StoreFailure(
        .unreadable, "The snapshot cannot be read; check permissions and the disk.", path: path,
        cause: error)
    }
  }

  func write(
    _ name: String, durably: Bool,
    _ content: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    let path = path(of: name)
    let temporary = "\(folder)/\(name)\(Self.temporarySuffix)"
    do {
      if try disk.makeFolder(folder), durably { try disk.syncFolder(store) }
      removeAbandoned()
      let file = try disk.create(temporary, mode: 0o444)
      defer { disk.closeFile(file) }
      // Held until the file is closed: what nobody holds was left behind by somebody who died.
      try disk.lock(file, exclusively: true)
      try content { try disk.writeAll($0, to: file) }
      if durably { try disk.sync(file) }
      try disk.rename(temporary, to: path)
      if durably { try disk.syncFolder(folder) }
    } catch {
      try? disk.remove(temporary)
      throw StoreFailure(
        .unwritable, "The snapshot cannot be written; check permissions and free space.",
        path: path, cause: error)
    }
  }

  /// Removes what writers that died have left half written.
  private func removeAbandoned() {
    for name in (try? names(endingWith: Self.temporarySuffix)) ?? [] {
      let path = "\(folder)/\(name)\(Self.temporarySuffix)"
      guard let file = try? disk.openToRead(path) else { continue }
      defer { disk.closeFile(file) }
      if !disk.isLocked(file) { try? disk.remove(path) }
    }
  }

  func remove(_ name: String) throws {
    do {
      try disk.remove(path(of: name))
    } catch {
      throw StoreFailure(
        .unwritable, "A snapshot cannot be removed; check permissions.", path: path(of: name),
        cause: error)
    }
  }
}
