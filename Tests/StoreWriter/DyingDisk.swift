import MillraceStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The system's disk, on which the process kills itself at a call that was chosen before.
///
/// The machine stays on, so nothing need be synced; everything else is done.
final class DyingDisk: Disk {
  /// Which call is the last.
  enum Death {
    case never
    /// Before the *k*-th call, from 0.
    case before(Int)
    /// In the *k*-th call if that is a write, of which half is done.
    case inside(Int)
    /// In the *k*-th write to a segment, of which half is done.
    case insideLog(Int)
    /// Not at all: the *k*-th write to a segment stops in the middle until somebody says a word.
    case pauseInsideLog(Int)

    /// Reads `never`, `before:7` and the like.
    init?(_ text: String) {
      let parts = text.split(separator: ":")
      let number = parts.last.flatMap { Int($0) } ?? 0
      switch parts.first {
      case "never": self = .never
      case "before": self = .before(number)
      case "inside": self = .inside(number)
      case "insideLog": self = .insideLog(number)
      case "pauseInsideLog": self = .pauseInsideLog(number)
      default: return nil
      }
    }
  }

  private let system = SystemDisk()
  private let death: Death
  private let isMarking: Bool
  private let calls = Atomic<Int>(0)
  private let logWrites = Atomic<Int>(0)
  private let segments = Mutex<Set<Int32>>([])

  /// - Parameter isMarking: Whether to say a line for each call, so that somebody else can choose.
  init(death: Death, isMarking: Bool) {
    self.death = death
    self.isMarking = isMarking
  }

  var callCount: Int { calls.load(ordering: .relaxed) }

  private func die() -> Never {
    kill(getpid(), SIGKILL)
    while true { pause() }
  }

  @discardableResult private func step() -> Int {
    let number = calls.add(1, ordering: .relaxed).oldValue
    if case .before(number) = death { die() }
    if isMarking { say("call") }
    return number
  }

  func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws -> Int {
    let number = step()
    let isLog = segments.withLock { $0.contains(file) }
    let logNumber = isLog ? logWrites.add(1, ordering: .relaxed).oldValue : -1
    func writeHalf() throws -> Int {
      let half = UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2))
      return try system.write(half, to: file)
    }
    switch death {
    case .inside(number), .insideLog(logNumber):
      _ = try writeHalf()
      die()
    case .pauseInsideLog(logNumber):
      let count = try writeHalf()
      say("half")
      _ = readLine()
      return count
    default: return try system.write(bytes, to: file)
    }
  }

  func create(_ path: String, mode: UInt16) throws -> Int32 {
    step()
    let file = try system.create(path, mode: mode)
    if path.contains("/log/") { segments.withLock { _ = $0.insert(file) } }
    return file
  }

  func closeFile(_ file: Int32) {
    segments.withLock { _ = $0.remove(file) }
    system.closeFile(file)
  }

  func sync(_ file: Int32) throws { step() }
  func syncFolder(_ path: String) throws { step() }
  func rename(_ old: String, to new: String) throws {
    step()
    try system.rename(old, to: new)
  }
  func remove(_ path: String) throws {
    step()
    try system.remove(path)
  }
  func makeUnwritable(_ file: Int32) throws {
    step()
    try system.makeUnwritable(file)
  }
  func makeFolder(_ path: String) throws -> Bool {
    step()
    return try system.makeFolder(path)
  }
  func openToLock(_ path: String) throws -> Int32 {
    step()
    return try system.openToLock(path)
  }
  func lock(_ file: Int32, exclusively: Bool) throws {
    step()
    try system.lock(file, exclusively: exclusively)
  }

  // What only reads leaves nothing behind that a death could change.
  func unlock(_ file: Int32) { system.unlock(file) }
  func isLocked(_ file: Int32) -> Bool { system.isLocked(file) }
  func openToRead(_ path: String) throws -> Int32 { try system.openToRead(path) }
  func status(of file: Int32) throws -> FileSystem.Status { try system.status(of: file) }
  func size(of path: String) throws -> Int? { try system.size(of: path) }
  func read(_ count: Int, at offset: Int, of file: Int32) throws -> [UInt8] {
    try system.read(count, at: offset, of: file)
  }
  func names(in path: String) throws -> [String]? { try system.names(in: path) }
  func isWritable(_ path: String) -> Bool { system.isWritable(path) }
}

/// Writes a line that survives the death of this process.
func say(_ line: String) {
  try? Array("\(line)\n".utf8).withUnsafeBytes { try FileSystem.writeAll($0, to: 1) }
}
