import Millrace
import Synchronization

/// Counts what a store asks of its storage, and loses or spoils objects on request.
final class StorageCounter: Sendable {
  private let counts = Mutex((gets: 0, parts: 0, puts: 0, appends: 0))
  let base = Storage.memory()

  var gets: Int { counts.withLock { $0.gets } }
  /// Objects that were read, whole or in part.
  var reads: Int { counts.withLock { $0.gets + $0.parts } }
  var puts: Int { counts.withLock { $0.puts } }
  /// Objects and records written.
  var writes: Int { counts.withLock { $0.puts + $0.appends } }

  fileprivate func noteGet() { counts.withLock { $0.gets += 1 } }
  fileprivate func notePart() { counts.withLock { $0.parts += 1 } }
  fileprivate func notePut() { counts.withLock { $0.puts += 1 } }
  fileprivate func noteAppend() { counts.withLock { $0.appends += 1 } }

  /// A store on this storage that keeps every artifact as an object.
  func open(readOnly: Bool = false) throws -> ArtifactStore {
    var options = StoreOptions()
    options.inlineLimit = 0
    return try ArtifactStore(
      storage: Storage(
        blobs: CountingBlobs(base: base.blobs, counter: self),
        logs: CountingLogs(base: base.logs, counter: self), lock: base.lock, place: "memory",
        isReadOnly: readOnly),
      options: options)
  }

  /// Removes a node's artifact.
  func lose(_ name: String, in store: ArtifactStore) throws {
    guard let binding = store.resolve("graph/\(name)") else { throw NoSuchNode(name: name) }
    try base.blobs.delete(binding.artifact)
  }

  /// Puts other bytes of the same number where a node's artifact was.
  func spoil(_ name: String, in store: ArtifactStore) throws {
    guard let binding = store.resolve("graph/\(name)") else { throw NoSuchNode(name: name) }
    try base.blobs.delete(binding.artifact)
    let bytes = [UInt8](repeating: 0xFF, count: binding.size)
    try bytes.withUnsafeBytes { try base.blobs.put($0, as: binding.artifact, replacing: false) }
  }

  struct NoSuchNode: Error { let name: String }
}

private struct CountingBlobs: BlobStorage {
  let base: any BlobStorage
  let counter: StorageCounter

  func put(_ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool) throws {
    counter.notePut()
    try base.put(bytes, as: digest, replacing: replacing)
  }
  func publish(durably: Bool) throws { try base.publish(durably: durably) }
  func get(_ digest: Digest) throws -> [UInt8]? {
    counter.noteGet()
    return try base.get(digest)
  }
  func read(_ digest: Digest, range: Range<Int>) throws -> [UInt8]? {
    counter.notePart()
    return try base.read(digest, range: range)
  }
  func size(of digest: Digest) throws -> Int? { try base.size(of: digest) }
  func list() throws -> [Digest] { try base.list() }
  func delete(_ digest: Digest) throws { try base.delete(digest) }
}

private struct CountingLogs: LogStorage {
  let base: any LogStorage
  let counter: StorageCounter

  func create(_ name: String) throws -> any LogSegment {
    CountingSegment(base: try base.create(name), counter: counter)
  }
  func list() throws -> [String] { try base.list() }
  func read(_ name: String, from offset: Int, limit: Int) throws -> LogChunk {
    try base.read(name, from: offset, limit: limit)
  }
  func isBeingWritten(_ name: String) -> Bool { base.isBeingWritten(name) }
  func remove(_ names: [String]) throws { try base.remove(names) }
}

private struct CountingSegment: LogSegment {
  let base: any LogSegment
  let counter: StorageCounter

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    counter.noteAppend()
    try base.append(bytes)
  }
  func sync() throws { try base.sync() }
  func seal() throws { try base.seal() }
}
