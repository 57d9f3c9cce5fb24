import Synchronization

/// Segments in a dictionary.
final class MemoryLogs: LogStorage {
  private let segments = Mutex<[String: MemorySegment]>([:])

  func create(_ name: String) throws -> any LogSegment {
    try segments.withLock { segments in
      guard segments[name] == nil else {
        throw StoreFailure(.nameTaken, "A log segment '\(name)' exists; choose another name.")
      }
      let segment = MemorySegment()
      segments[name] = segment
      return segment
    }
  }

  func list() -> [String] {
    segments.withLock { Array($0.keys) }
  }

  func read(_ name: String, from offset: Int, limit: Int) throws -> LogChunk {
    guard let segment = segments.withLock({ $0[name] }) else {
      throw StoreFailure(.unreadable, "There is no log segment '\(name)'.")
    }
    return segment.read(from: offset, limit: limit)
  }

  func isBeingWritten(_ name: String) -> Bool {
    segments.withLock { $0[name] }?.isOpen ?? false
  }

  func remove(_ names: [String]) {
    segments.withLock { segments in
      for name in names { segments[name] = nil }
    }
  }
}

/// A segment in memory.
private final class MemorySegment: LogSegment {
  private struct State {
    var bytes: [UInt8] = []
    var isSealed = false
  }
  private let state = Mutex(State())

  var isOpen: Bool { state.withLock { !$0.isSealed } }

  func append(_ bytes: UnsafeRawBufferPointer) throws {
    try state.withLock { state in
      guard !state.isSealed else {
        throw StoreFailure(.unwritable, "The log segment is sealed; write to a new one.")
      }
      state.bytes.append(contentsOf: bytes)
    }
  }

  func sync() {}

  func seal() {
    state.withLock { $0.isSealed = true }
  }

  func read(from offset: Int, limit: Int) -> LogChunk {
    state.withLock { state in
      let start = min(offset, state.bytes.count)
      let end = min(start + limit, state.bytes.count)
      return LogChunk(
        bytes: Array(state.bytes[start..<end]), size: state.bytes.count, isSealed: state.isSealed)
    }
  }
}
