import MillraceStore
import Synchronization

/// Segments that can disappear, as after a clean-up of another process.
final class VanishingLogs: LogStorage {
  private let base: any LogStorage
  private let gone = Mutex<Set<String>>([])

  init(_ base: any LogStorage) {
    self.base = base
  }

  func remove(_ name: String) {
    gone.withLock { _ = $0.insert(name) }
  }

  func create(_ name: String) throws -> any LogSegment { try base.create(name) }

  func list() throws -> [String] {
    let gone = gone.withLock { $0 }
    return try base.list().filter { !gone.contains($0) }
  }

  func read(_ name: String, from offset: Int, limit: Int) throws -> LogChunk {
    if gone.withLock({ $0.contains(name) }) {
      throw StoreFailure(.unreadable, "There is no log segment '\(name)'.")
    }
    return try base.read(name, from: offset, limit: limit)
  }

  func remove(_ names: [String]) { for name in names { remove(name) } }

  func isBeingWritten(_ name: String) -> Bool { base.isBeingWritten(name) }
}
