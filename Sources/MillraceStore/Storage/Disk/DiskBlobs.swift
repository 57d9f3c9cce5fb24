import MillraceCoding
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Blobs as read-only files `objects/ab/cdef…`, written elsewhere, synced and renamed.
///
/// An object's name appears only when its bytes are complete, and with `durably` only when they
/// are on the medium, so that after a power cut a name never stands for less than its bytes.
final class DiskBlobs: BlobStorage {
  /// A blob that is written but has no name yet.
  private struct Pending {
    var file: Int32
    var temporaryPath: String
    var syncing: SharedStep<Void>
  }
  private struct State {
    var pending: [Digest: Pending] = [:]
    /// Blobs that somebody else has named, perhaps without syncing their bytes.
    var unsyncedTwins: Set<Digest> = []
    /// Folders with entries, by us or by somebody else, that may not be on the medium yet.
    var unsyncedFolders: Set<String> = []
    /// Folders of names whose own entries are on the medium, or will be with the next sync.
    var knownShards: Set<String> = []
    /// Why some blobs that were put are lost; nothing is published after that, since whoever put
    /// them was told that it went well.
    var loss: (any Error)?
    var temporaryCount = 0
  }

  /// A process may hold few files open, commonly 1024 and on Apple platforms 256.
  private static let mostPending = 48

  private let disk: any Disk
  private let helpers: BlobHelpers
  private let folder: String
  private let temporaryFolder: String
  private let temporaryPrefix: String
  private let state = Mutex(State())
  /// Held while pending blobs are being named, so that a publisher also waits for those that
  /// another thread took, and none is closed meanwhile.
  private let publishing = Mutex(())

  init(folder: String, on disk: any Disk, helpers: BlobHelpers = .threads()) {
    self.disk = disk
    self.helpers = helpers
    self.folder = "\(folder)/objects"
    temporaryFolder = "\(folder)/objects/tmp"
    temporaryPrefix = String(UInt64.random(in: .min ... .max), radix: 16)
  }

  deinit {
    let pending = state.withLock { $0.pending }
    for blob in pending.values { discard(blob) }
  }

  private func shard(of digest: Digest) -> String {
    "\(folder)/\(digest.hex.prefix(2))"
  }

  private func path(of digest: Digest) -> String {
    "\(shard(of: digest))/\(digest.hex.dropFirst(2))"
  }

  // MARK: Writing

  func put(_ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool) throws {
    try forWriting(digest) {
      if try holds(bytes, as: digest, replacing: replacing) { return }
      try keep(writeTemporary(bytes), as: digest)
    }
  }

  func put(
    hashing bytes: UnsafeRawBufferPointer, syncing: Bool, replacing: (Digest) -> Bool
  ) throws -> Digest {
    guard bytes.count >= helpers.minimum else {
      let digest = Digest.sha256(bytes)
      try put(bytes, as: digest, replacing: replacing(digest))
      return digest
    }
    // Read by nobody once the step is taken, which it is below.
    nonisolated(unsafe) let source = bytes
    let writing = SharedStep { [self] in try writeTemporary(source) }
    helpers.write { writing.help() }
    let digest = Digest.sha256(bytes)
    let written = Result { try writing.finish() }
    try forWriting(digest) {
      do {
        // What is there already needs no room, so that there was none is no failure.
        if try holds(bytes, as: digest, replacing: replacing(digest)) {
          if let blob = try? written.get() { discard(blob) }
          return
        }
      } catch {
        if let blob = try? written.get() { discard(blob) }
        throw error
      }
      let blob = try written.get()
      try keep(blob, as: digest)
      // A failure is found by who publishes, as if he had synced himself.
      if syncing { helpers.sync { blob.syncing.help() } }
    }
    return digest
  }

  private func forWriting(_ digest: Digest, _ operation: () throws -> Void) throws {
    do {
      try operation()
    } catch let failure as StoreFailure {
      throw failure
    } catch {
      throw unwritable(error, path: path(of: digest))
    }
  }

  /// Whether a blob is there, so that it need not be written. One that is not to be trusted is none.
  private func holds(
    _ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool
  ) throws -> Bool {
    if !replacing, state.withLock({ $0.pending[digest] != nil }) { return true }
    guard let size = try disk.size(of: path(of: digest)) else { return false }
    if !replacing, size == bytes.count, holds(bytes, path(of: digest)) {
      state.withLock { state in
        state.unsyncedTwins.insert(digest)
        noteEntry(of: digest, in: &state)
      }
      return true
    }
    try checkReplacement(of: digest, by: bytes)
    return false
  }

  private func keep(_ blob: Pending, as digest: Digest) throws {
    // Another thread may have put the same bytes meanwhile. Its file stays, since a publisher may be
    // at work on it; that both have a digest is enough.
    let (isTwin, isFull) = state.withLock { state in
      let isTwin = state.pending[digest] != nil
      if !isTwin { state.pending[digest] = blob }
      return (isTwin, state.pending.count >= Self.mostPending)
    }
    if isTwin { discard(blob) }
    if isFull { try name(durably: true) }
  }

  /// Whether a file has these bytes. One that cannot be read has not, and one that a power cut has left
  /// may have zeros.
  private func holds(_ bytes: UnsafeRawBufferPointer, _ path: String) -> Bool {
    guard let file = try? disk.openToRead(path) else { return false }
    defer { disk.closeFile(file) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = min(rest.count, 1 << 20)
      guard let part = try? disk.read(count, at: rest.startIndex, of: file), part.count == count,
        memcmp(part, UnsafeRawBufferPointer(rebasing: rest).baseAddress!, count) == 0
      else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// Remembers that the folders of a blob's name are to be synced.
  private func noteEntry(of digest: Digest, in state: inout State) {
    let shard = shard(of: digest)
    state.unsyncedFolders.insert(shard)
    // Whoever made the shard may have died before he synced its entry.
    if state.knownShards.insert(shard).inserted { state.unsyncedFolders.insert(folder) }
  }

  func publish(durably: Bool) throws {
    do {
      try name(durably: durably)
    } catch {
      throw unwritable(error, path: folder)
    }
  }

  private func writeTemporary(_ bytes: UnsafeRawBufferPointer) throws -> Pending {
    let number = state.withLock { state in
      state.temporaryCount += 1
      return state.temporaryCount
    }
    let path = "\(temporaryFolder)/\(temporaryPrefix)-\(number)"
    let file: Int32
    do {
      file = try disk.create(path, mode: 0o444)
    } catch let error as SystemCallError where error.isNotFound {
      try disk.makeFolders(temporaryFolder)
      file = try disk.create(path, mode: 0o444)
    }
    let blob = Pending(
      file: file, temporaryPath: path, syncing: SharedStep { [disk] in try disk.sync(file) })
    do {
      try disk.writeAll(bytes, to: file)
    } catch {
      discard(blob)
      throw error
    }
    return blob
  }

  /// Syncs what is pending and gives it its names, then syncs the folders of the names.
  private func name(durably: Bool) throws {
    try publishing.withLock { _ in
      let batch = try state.withLock { state in
        if let loss = state.loss { throw loss }
        return state.pending
      }
      do {
        for (digest, blob) in batch {
          if durably { try blob.syncing.finish() }
          let shard = shard(of: digest)
          if try disk.makeFolder(shard) { state.withLock { _ = $0.knownShards.remove(shard) } }
          try disk.rename(blob.temporaryPath, to: path(of: digest))
          state.withLock { noteEntry(of: digest, in: &$0) }
          forget(digest)
        }
        if durably { try syncNames() }
      } catch {
        // After a failed sync the system may call the lost bytes clean, so nothing of the batch can
        // be trusted any more.
        state.withLock { $0.loss = error }
        for lost in batch.keys { forget(lost) }
        throw error
      }
    }
  }

  private func syncNames() throws {
    let (twins, folders) = state.withLock { state in
      defer { (state.unsyncedTwins, state.unsyncedFolders) = ([], []) }
      return (state.unsyncedTwins, state.unsyncedFolders)
    }
    for twin in twins {
      do {
        let file = try disk.openToRead(path(of: twin))
        defer { disk.closeFile(file) }
        try disk.sync(file)
      } catch let error as SystemCallError where error.isNotFound {
        // Whoever deleted it knows that it is gone.
      }
    }
    for folder in folders { try disk.syncFolder(folder) }
  }

  private func forget(_ digest: Digest) {
    if let blob = state.withLock({ $0.pending.removeValue(forKey: digest) }) { discard(blob) }
  }

  private func discard(_ blob: Pending) {
    // Not while it is being synced, and nobody may come to it when the number is another file's.
    blob.syncing.abandon()
    disk.closeFile(blob.file)
    // Once renamed, there is nothing of that name and this does nothing.
    try? disk.remove(blob.temporaryPath)
  }

  // MARK: Reading

  func get(_ digest: Digest) throws -> [UInt8]? {
    try withFile(of: digest) { file in
      try disk.read(disk.status(of: file).size, at: 0, of: file)
    }
  }

  func read(_ digest: Digest, range: Range<Int>) throws -> [UInt8]? {
    try withFile(of: digest) { file in
      let range = range.clamped(to: 0..<(try disk.status(of: file).size))
      return try disk.read(range.count, at: range.lowerBound, of: file)
    }
  }

  func read(
    _ digest: Digest, through buffer: UnsafeMutableRawBufferPointer,
    _ body: (UnsafeRawBufferPointer) -> Void
  ) throws -> Bool {
    try withFile(of: digest) { file in
      var offset = 0
      while true {
        let count = try disk.read(into: buffer, at: offset, of: file)
        if count > 0 { body(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
        if count < buffer.count { return }
        offset += count
      }
    } != nil
  }

  func size(of digest: Digest) throws -> Int? {
    try withFile(of: digest) { try disk.status(of: $0).size }
  }

  private func withFile<Result>(
    of digest: Digest, _ operation: (Int32) throws -> Result
  ) throws -> Result? {
    let path = path(of: digest)
    // A pending blob comes first, because it may replace a damaged one; it may get its final name at
    // any moment, and is then found there.
    let pending = state.withLock { $0.pending[digest]?.temporaryPath }
    do {
      for candidate in pending.map({ [$0, path] }) ?? [path] {
        do {
          let file = try disk.openToRead(candidate)
          defer { disk.closeFile(file) }
          return try operation(file)
        } catch let error as SystemCallError where error.isNotFound {
          continue
        }
      }
      return nil
    } catch {
      throw unreadable(error, path: path)
    }
  }

  func list() throws -> [Digest] {
    do {
      var digests: [Digest] = []
      for shard in try disk.names(in: folder) ?? [] where shard.utf8.count == 2 {
        for rest in try disk.names(in: "\(folder)/\(shard)") ?? [] {
          let name = shard + rest
          if let digest = Digest(hex: name), digest.hex == name { digests.append(digest) }
        }
      }
      return digests
    } catch {
      throw unreadable(error, path: folder)
    }
  }

  func delete(_ digest: Digest) throws {
    do {
      // Not while a publisher is at work on the file.
      try publishing.withLock { _ in
        forget(digest)
        try disk.remove(path(of: digest))
      }
    } catch {
      throw unwritable(error, path: path(of: digest))
    }
  }

  // MARK: Leftovers

  func leftovers() throws -> StoreTally {
    try forEachLeftover { _ in }
  }

  func removeLeftovers() throws -> StoreTally {
    try forEachLeftover { try disk.remove($0) }
  }

  private func forEachLeftover(_ body: (String) throws -> Void) throws -> StoreTally {
    do {
      var tally = StoreTally()
      for name in try disk.names(in: temporaryFolder) ?? [] {
        let path = "\(temporaryFolder)/\(name)"
        guard Self.isTemporary(name), let size = try disk.size(of: path) else { continue }
        try body(path)
        tally.add(size)
      }
      return tally
    } catch {
      throw unreadable(error, path: temporaryFolder)
    }
  }

  /// Whether a file has a name that this type gives: hexadecimal digits, a dash and a number.
  private static func isTemporary(_ name: String) -> Bool {
    let parts = name.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && UInt64(parts[0], radix: 16) != nil && Int(parts[1]) != nil
  }

  // MARK: Errors

  private func unreadable(_ error: any Error, path: String) -> StoreFailure {
    StoreFailure(
      .unreadable, "The artifact cannot be read; check permissions and the disk.", path: path,
      cause: error)
  }

  private func unwritable(_ error: any Error, path: String) -> StoreFailure {
    StoreFailure(
      .unwritable, "The artifact cannot be stored; check permissions and free space.",
      path: path, cause: error)
  }
}
