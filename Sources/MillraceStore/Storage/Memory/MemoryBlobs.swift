import MillraceCoding
import Synchronization

/// Blobs in a dictionary; a put is visible to everybody at once.
final class MemoryBlobs: BlobStorage {
  private let blobs = Mutex<[Digest: [UInt8]]>([:])

  func put(_ bytes: UnsafeRawBufferPointer, as digest: Digest, replacing: Bool) throws {
    if let known = get(digest) {
      if !replacing, known.elementsEqual(bytes) { return }
      try checkReplacement(of: digest, by: bytes)
    }
    let copy = [UInt8](bytes)
    blobs.withLock { $0[digest] = copy }
  }

  func publish(durably: Bool) {}

  func get(_ digest: Digest) -> [UInt8]? {
    blobs.withLock { $0[digest] }
  }

  func read(_ digest: Digest, range: Range<Int>) -> [UInt8]? {
    get(digest).map { Array($0[range.clamped(to: $0.indices)]) }
  }

  func size(of digest: Digest) -> Int? {
    blobs.withLock { $0[digest]?.count }
  }

  func list() -> [Digest] {
    blobs.withLock { Array($0.keys) }
  }

  func delete(_ digest: Digest) {
    _ = blobs.withLock { $0.removeValue(forKey: digest) }
  }
}
