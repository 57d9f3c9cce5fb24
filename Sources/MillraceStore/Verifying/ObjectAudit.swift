import Dispatch
import MillraceCoding
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A look at all objects: each is read and hashed, on as many threads as there are cores.
///
/// While one thread waits for the disk another one hashes. Parts are small enough to stay in a core's own
/// cache between being read and being hashed, which makes reading them nearly free.
struct ObjectAudit: Sendable {
  enum Outcome: Hashable, Sendable {
    case whole(size: Int)
    case damaged
    case unreadable(String)
  }

  private static let partSize = 256 << 10

  private(set) var outcomes: [Digest: Outcome] = [:]
  private(set) var bytes = 0

  init(
    of blobs: any BlobStorage, progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void
  ) throws {
    let digests = try blobs.list().sorted { $0.hex < $1.hex }
    guard !digests.isEmpty else { return }
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    let found = Mutex<(outcomes: [Digest: Outcome], bytes: Int)>(([:], 0))
    DispatchQueue.concurrentPerform(iterations: min(Self.threadCount, digests.count)) { _ in
      let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.partSize, alignment: 64)
      defer { buffer.deallocate() }
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        guard number < digests.count else { return }
        let (outcome, bytes) = Self.look(at: digests[number], in: blobs, through: buffer)
        found.withLock { found in
          found.outcomes[digests[number]] = outcome
          found.bytes += bytes
        }
        progress(done.add(1, ordering: .relaxed).newValue, digests.count)
      }
    }
    (outcomes, bytes) = found.withLock { $0 }
  }

  private static var threadCount: Int { max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  /// - Returns: What became of the object, and how many bytes were read; `nil` if it is gone by now.
  private static func look(
    at digest: Digest, in blobs: any BlobStorage, through buffer: UnsafeMutableRawBufferPointer
  ) -> (Outcome?, Int) {
    var hash = SHA256()
    var size = 0
    do {
      let isThere = try blobs.read(digest, through: buffer) { part in
        hash.update(part)
        size += part.count
      }
      guard isThere else { return (nil, 0) }
    } catch {
      return (.unreadable("\(error)"), size)
    }
    return (hash.finalize() == digest ? .whole(size: size) : .damaged, size)
  }
}
