import MillraceCoding
import MillraceStore
import Synchronization

/// What a store does to its storage, in order, with calls that can be made to fail.
final class Recorder: Sendable {
  enum Event: Hashable {
    case lock, unlock
    case put(Digest), publish(durably: Bool)
    case create, append(Int), beginSync, sync, seal
  }

  private let recorded = Mutex<[Event]>([])
  private let failing = Mutex<(@Sendable (Event) -> Bool)?>(nil)

  var events: [Event] { recorded.withLock { $0 } }

  func clear() {
    recorded.withLock { $0 = [] }
  }

  /// Lets each call fail for which the condition holds; `nil` ends that.
  func fail(where condition: (@Sendable (Event) -> Bool)?) {
    failing.withLock { $0 = condition }
  }

  func record(_ event: Event) throws {
    recorded.withLock { $0.append(event) }
    if failing.withLock({ $0?(event) ?? false }) {
      throw StoreFailure(.unwritable, "The test's disk is full.")
    }
  }

  /// A storage in memory whose calls are recorded.
  func storage(on base: Storage = .memory()) -> Storage {
    Storage(
      blobs: RecordingBlobs(base: base.blobs, recorder: self),
      logs: RecordingLogs(base: base.logs, recorder: self), lock: RecordingLock(recorder: self),
      place: "memory")
  }
}

private struct RecordingLock: StorageLock {
  let recorder: Recorder

  func acquireShared() throws { try recorder.record(.lock) }
  func releaseShared() { try? recorder.record(.unlock) }
  func acquireExclusive() throws { try recorder.record(.lock) }
  func releaseExclusive() { try? recorder.record(.unlock) }
  func cleanUps() -> Int { 0 }
  func countCleanUp() {}
}

private struct RecordingBlobs: BlobStorage {
  let base: any BlobStorage
  let recorder: Recorder

  func put(_ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool) throws {
    try recorder.record(.put(digest))
    try base.put(bytes, as: digest, replacing: replacing)
  }
  func publish(durably: Bool) throws {
    try recorder.record(.publish(durably: durably))
    try base.publish(durably: durably)
  }
  func get(_ digest: Digest) throws -> [UInt8]? { try base.get(digest) }
  func read(_ digest: Digest, range: Range<Int>) throws -> [UInt8]? {
    try base.read(digest, range: range)
  }
  func size(of digest: Digest) throws -> Int? { try base.size(of: digest) }
  func list() throws -> [Digest] { try base.list() }
  func delete(_ digest: Digest) throws { try base.delete(digest) }
}

private struct RecordingLogs: LogStorage {
  let base: any LogStorage
  let recorder: Recorder

  func create(_ name: String) throws -> any LogSegment {
    try recorder.record(.create)
    return RecordingSegment(base: try base.create(name), recorder: recorder)
  }
  func list() throws -> [String] { try base.list() }
  func read(_ name: String, from offset: Int, limit: Int) throws -> LogChunk {
    try base.read(name, from: offset, limit: limit)
  }
  func isBeingWritten(_ name: String) -> Bool { base.isBeingWritten(name) }
  func remove(_ names: [String]) throws { try base.remove(names) }
}

private struct RecordingSegment: LogSegment {
  let base: any LogSegment
  let recorder: Recorder

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try recorder.record(.append(bytes.count))
    try base.append(bytes)
  }
  func sync() throws {
    try recorder.record(.sync)
    try base.sync()
  }
  func beginSync() {
    try? recorder.record(.beginSync)
    base.beginSync()
  }
  func seal() throws {
    try recorder.record(.seal)
    try base.seal()
  }
}
