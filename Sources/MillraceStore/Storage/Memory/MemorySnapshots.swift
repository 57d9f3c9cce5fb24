import Synchronization

/// Snapshots in a dictionary.
final class MemorySnapshots: SnapshotStorage {
  private let snapshots = Mutex<[String: [UInt8]]>([:])

  func list() -> [String] {
    snapshots.withLock { Array($0.keys) }
  }

  func read(_ name: String, from offset: Int, limit: Int) -> (bytes: [UInt8], size: Int)? {
    snapshots.withLock { $0[name] }.map { bytes in
      (Array(bytes.dropFirst(offset).prefix(limit)), bytes.count)
    }
  }

  func write(
    _ name: String, durably: Bool,
    _ content: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    var bytes: [UInt8] = []
    try content { bytes.append(contentsOf: $0) }
    snapshots.withLock { [bytes] in $0[name] = bytes }
  }

  func remove(_ name: String) {
    _ = snapshots.withLock { $0.removeValue(forKey: name) }
  }
}
