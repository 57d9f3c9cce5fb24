import Foundation
import Synchronization

@testable import MillraceStore

/// A file system in memory that can fail at any call, and knows what a power cut would leave of it.
///
/// A file's bytes are on the medium up to its last sync, a name from the next sync of its folder on.
final class SimulatedDisk: Disk {
  enum Call: String {
    case openToRead, create, openToLock, status, size, write, read, sync, makeUnwritable, rename
    case remove, lock, makeFolder, names, syncFolder

    var takesSpace: Bool {
      [.create, .openToLock, .write, .rename, .makeFolder].contains(self)
    }
    var changes: Bool { takesSpace || [.makeUnwritable, .remove].contains(self) }
  }

  /// What goes wrong, and when.
  struct Fault: CustomStringConvertible {
    enum Kind: CaseIterable {
      /// No space left, for calls that need some.
      case noSpace
      /// An error of input or output. After that of a sync the system calls the lost bytes clean.
      case failure
      /// A write takes half of the bytes, and the next one finds no space left.
      case short
      /// The process, and perhaps the machine with it, ends before the call.
      case death
      /// As `death`, and half of what was to be written is.
      case deathInside

      /// Whether a call can fail in this way. A lasting fault at one that cannot is one at the next that can.
      func strikes(_ call: Call) -> Bool {
        switch self {
        case .noSpace: call.takesSpace
        case .failure, .death: true
        case .short, .deathInside: call == .write
        }
      }
    }

    var kind: Kind
    /// The number of the call, from 0.
    var at: Int
    /// Whether all later calls fail as well.
    var isLasting = false

    var description: String { "\(kind) at call \(at)\(isLasting ? " and after" : "")" }
  }

  /// What a power cut leaves of what was not synced.
  enum PowerCut: CaseIterable {
    /// Nothing.
    case nothing
    /// Names, and no bytes.
    case names
    /// Names, and half of the bytes.
    case torn
    /// Names and sizes, and zeros for bytes.
    case zeros
    /// Everything, as if the process alone had died.
    case everything
    /// Of some names and bytes this, of others that.
    case mixed
  }

  fileprivate struct Inode {
    var isFolder = false
    var isWritable = true
    var bytes: [UInt8] = []
    /// How many of the bytes the system believes to be on the medium.
    var synced = 0
    /// Bytes that a failed sync has lost, though they can still be read.
    var lost: [Range<Int>] = []
  }

  private struct Opening {
    var inode: Int
    var isExclusive: Bool?
  }

  private struct State {
    var inodes = [Inode(isFolder: true)]
    /// What every process sees, by path.
    var names = ["/": 0]
    /// What the medium has.
    var syncedNames = ["/": 0]
    var openings: [Int32: Opening] = [:]
    var lastFile: Int32 = 100
    var calls: [Call] = []
    var fault: Fault?
    var hasFailed = false
    var isFull = false
    var isDead = false
    var isReadOnly = false
    var isTrickling = false
    var interruption: (at: Int, action: @Sendable () -> Void)?
  }

  private let state: Mutex<State>

  init() { state = Mutex(State()) }

  private init(_ old: State) {
    var new = State()
    (new.inodes, new.names, new.syncedNames) = (old.inodes, old.names, old.syncedNames)
    state = Mutex(new)
  }

  // MARK: What a test asks and does

  var calls: [Call] { state.withLock { $0.calls } }
  /// Whether the fault has come to pass.
  var hasFailed: Bool { state.withLock { $0.hasFailed } }

  /// Lets a later call fail; calls count from now on.
  func fail(_ fault: Fault?) {
    state.withLock { ($0.fault, $0.calls, $0.hasFailed, $0.isFull) = (fault, [], false, false) }
  }

  /// Makes every change an error, as a file system does that is mounted for reading.
  func setReadOnly() { state.withLock { $0.isReadOnly = true } }

  /// Lets each write take one byte, of which no error comes.
  func setTrickle() { state.withLock { $0.isTrickling = true } }

  /// Lets something happen before a later call, as another process may do; calls count from now on.
  func interrupt(at number: Int, _ action: @escaping @Sendable () -> Void) {
    state.withLock { ($0.interruption, $0.calls) = ((number, action), []) }
  }

  /// Whether the interruption is still to come.
  var awaitsInterruption: Bool { state.withLock { $0.interruption != nil } }

  /// What other processes find when those that used the disk have died.
  func afterDeath() -> SimulatedDisk { SimulatedDisk(state.withLock { $0 }) }

  /// What is found when the power is back.
  func after(_ cut: PowerCut, seed: Int) -> SimulatedDisk {
    var old = state.withLock { $0 }
    var chance = SplitMix(state: UInt64(seed))
    for number in old.inodes.indices {
      old.inodes[number].apply(
        cut == .mixed ? [.nothing, .torn, .zeros, .everything][chance.next(below: 4)] : cut)
    }
    var kept = cut == .nothing ? old.syncedNames : old.names
    if cut == .mixed {
      for path in Set(old.names.keys).union(old.syncedNames.keys).sorted() {
        kept[path] = chance.next(below: 2) == 0 ? old.names[path] : old.syncedNames[path]
      }
    }
    // A name is lost with any folder on the way to it.
    old.names = kept.filter { path, _ in
      var folder = path
      while folder != "/" {
        guard kept[folder] != nil else { return false }
        folder = Self.parent(of: folder)
      }
      return true
    }
    old.syncedNames = old.names
    return SimulatedDisk(old)
  }

  /// All files by path.
  var files: [String: [UInt8]] {
    state.withLock { state in
      state.names.compactMapValues { inode in
        state.inodes[inode].isFolder ? nil : state.inodes[inode].bytes
      }
    }
  }

  /// Replaces a file's bytes, as no store would.
  func overwrite(_ path: String, with bytes: [UInt8]) {
    state.withLock { state in
      guard let inode = state.names[path] else { return }
      state.inodes[inode].bytes = bytes
    }
  }

  /// Removes a file, or a folder with all that is in it.
  func erase(_ path: String) {
    state.withLock { state in
      func isKept(_ name: String) -> Bool { name != path && !name.hasPrefix(path + "/") }
      state.names = state.names.filter { isKept($0.key) }
      state.syncedNames = state.syncedNames.filter { isKept($0.key) }
    }
  }

  // MARK: Calls

  private func interrupt() {
    let action: (@Sendable () -> Void)? = state.withLock { state in
      guard let interruption = state.interruption, interruption.at == state.calls.count else {
        return nil
      }
      state.interruption = nil
      return interruption.action
    }
    action?()
  }

  private func perform<Result: Sendable>(
    _ call: Call, _ operation: (inout State) throws -> Result
  ) throws -> Result {
    interrupt()
    return try state.withLock { state in
      _ = try Self.strike(call, &state)
      return try operation(&state)
    }
  }

  /// Lets a call fail if it is its turn.
  ///
  /// - Returns: Whether half of a write is still to be done.
  private static func strike(_ call: Call, _ state: inout State) throws -> Bool {
    func error(_ number: Int32) -> SystemCallError {
      SystemCallError(call: call.rawValue, number: number)
    }
    if state.isDead { throw error(EIO) }
    let number = state.calls.count
    state.calls.append(call)
    if state.isReadOnly, call.changes { throw error(EROFS) }
    if state.isFull, call.takesSpace {
      state.isFull = state.fault?.isLasting ?? false
      throw error(ENOSPC)
    }
    guard let fault = state.fault, number == fault.at || fault.isLasting && number > fault.at else {
      return false
    }
    guard fault.kind.strikes(call) else { return false }
    switch fault.kind {
    case .noSpace:
      state.hasFailed = true
      throw error(ENOSPC)
    case .failure:
      state.hasFailed = true
      throw error(EIO)
    case .short:
      (state.hasFailed, state.isFull) = (true, true)
      return true
    case .death:
      (state.hasFailed, state.isDead) = (true, true)
      throw error(EIO)
    case .deathInside:
      (state.hasFailed, state.isDead) = (true, true)
      return true
    }
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return "/" }
    return String(path[..<slash])
  }

  private static func missing(_ call: Call) -> SystemCallError {
    SystemCallError(call: call.rawValue, number: ENOENT)
  }

  private static func open(_ inode: Int, _ state: inout State) -> Int32 {
    state.lastFile += 1
    state.openings[state.lastFile] = Opening(inode: inode)
    return state.lastFile
  }

  private static func make(
    _ path: String, isFolder: Bool, isWritable: Bool = true, _ call: Call, _ state: inout State
  ) throws -> Int {
    guard state.names[parent(of: path)] != nil else { throw missing(call) }
    guard state.names[path] == nil else {
      throw SystemCallError(call: call.rawValue, number: EEXIST)
    }
    state.inodes.append(Inode(isFolder: isFolder, isWritable: isWritable))
    state.names[path] = state.inodes.count - 1
    return state.inodes.count - 1
  }

  private static func inode(_ file: Int32, _ call: Call, _ state: State) throws -> Int {
    guard let opening = state.openings[file] else {
      throw SystemCallError(call: call.rawValue, number: EBADF)
    }
    return opening.inode
  }

  func openToRead(_ path: String) throws -> Int32 {
    try perform(.openToRead) { state in
      guard let inode = state.names[path] else { throw Self.missing(.openToRead) }
      return Self.open(inode, &state)
    }
  }

  func create(_ path: String, mode: UInt16) throws -> Int32 {
    try perform(.create) { state in
      let inode = try Self.make(
        path, isFolder: false, isWritable: mode & 0o200 != 0, .create, &state)
      return Self.open(inode, &state)
    }
  }

  func openToLock(_ path: String) throws -> Int32 {
    try perform(.openToLock) { state in
      let inode =
        try state.names[path] ?? Self.make(path, isFolder: false, .openToLock, &state)
      return Self.open(inode, &state)
    }
  }

  func closeFile(_ file: Int32) {
    state.withLock { _ = $0.openings.removeValue(forKey: file) }
  }

  func status(of file: Int32) throws -> FileSystem.Status {
    try perform(.status) { state in
      let inode = state.inodes[try Self.inode(file, .status, state)]
      return FileSystem.Status(size: inode.bytes.count, isWritable: inode.isWritable)
    }
  }

  func size(of path: String) throws -> Int? {
    try perform(.size) { state in state.names[path].map { state.inodes[$0].bytes.count } }
  }

  func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws -> Int {
    interrupt()
    return try state.withLock { state in
      let isHalf = try Self.strike(.write, &state)
      let inode = try Self.inode(file, .write, state)
      let count = state.isTrickling ? 1 : isHalf ? bytes.count / 2 : bytes.count
      let part = bytes.prefix(count)
      state.inodes[inode].bytes += part
      if state.isDead { throw SystemCallError(call: "write", number: EIO) }
      if isHalf && part.isEmpty { throw SystemCallError(call: "write", number: ENOSPC) }
      return part.count
    }
  }

  func read(_ count: Int, at offset: Int, of file: Int32) throws -> [UInt8] {
    try perform(.read) { state in
      let bytes = state.inodes[try Self.inode(file, .read, state)].bytes
      return Array(bytes.dropFirst(offset).prefix(count))
    }
  }

  func sync(_ file: Int32) throws {
    do {
      try perform(.sync) { state in
        let inode = try Self.inode(file, .sync, state)
        state.inodes[inode].synced = state.inodes[inode].bytes.count
      }
    } catch {
      state.withLock { state in
        guard !state.isDead, let inode = state.openings[file]?.inode else { return }
        let count = state.inodes[inode].bytes.count
        state.inodes[inode].lost.append(state.inodes[inode].synced..<count)
        state.inodes[inode].synced = count
      }
      throw error
    }
  }

  func makeUnwritable(_ file: Int32) throws {
    try perform(.makeUnwritable) { state in
      state.inodes[try Self.inode(file, .makeUnwritable, state)].isWritable = false
    }
  }

  func rename(_ old: String, to new: String) throws {
    try perform(.rename) { state in
      guard let inode = state.names[old], state.names[Self.parent(of: new)] != nil else {
        throw Self.missing(.rename)
      }
      state.names[old] = nil
      state.names[new] = inode
    }
  }

  func remove(_ path: String) throws {
    try perform(.remove) { $0.names[path] = nil }
  }

  func lock(_ file: Int32, exclusively: Bool) throws {
    try perform(.lock) { state in
      let inode = try Self.inode(file, .lock, state)
      let isTaken = state.openings.contains { other, opening in
        guard other != file, opening.inode == inode, let held = opening.isExclusive else {
          return false
        }
        return held || exclusively
      }
      // A thread would wait for ever.
      if isTaken { throw SystemCallError(call: "lock", number: EDEADLK) }
      state.openings[file]?.isExclusive = exclusively
    }
  }

  func unlock(_ file: Int32) { state.withLock { $0.openings[file]?.isExclusive = nil } }

  func isLocked(_ file: Int32) -> Bool {
    state.withLock { state in
      guard let inode = state.openings[file]?.inode else { return false }
      return state.openings.contains {
        $0.key != file && $0.value.inode == inode && $0.value.isExclusive == true
      }
    }
  }

  func makeFolder(_ path: String) throws -> Bool {
    try perform(.makeFolder) { state in
      if state.names[path] != nil { return false }
      _ = try Self.make(path, isFolder: true, .makeFolder, &state)
      return true
    }
  }

  func names(in path: String) throws -> [String]? {
    try perform(.names) { state in
      guard state.names[path] != nil else { return nil }
      return state.names.keys.filter { $0 != "/" && Self.parent(of: $0) == path }.map {
        String($0.dropFirst(path == "/" ? 1 : path.count + 1))
      }
    }
  }

  func syncFolder(_ path: String) throws {
    try perform(.syncFolder) { state in
      guard state.names[path] != nil else { throw Self.missing(.syncFolder) }
      func isInside(_ name: String) -> Bool { name != "/" && Self.parent(of: name) == path }
      state.syncedNames = state.syncedNames.filter { !isInside($0.key) }
      state.syncedNames.merge(state.names.filter { isInside($0.key) }) { $1 }
    }
  }

  func isWritable(_ path: String) -> Bool { state.withLock { !$0.isReadOnly } }
}

extension SimulatedDisk.Inode {
  fileprivate mutating func apply(_ cut: SimulatedDisk.PowerCut) {
    guard !isFolder, cut != .everything else { return }
    for range in lost { for place in range { bytes[place] = 0 } }
    switch cut {
    case .torn: bytes = Array(bytes.prefix(synced + (bytes.count - synced) / 2))
    case .zeros: bytes = bytes.prefix(synced) + Array(repeating: 0, count: bytes.count - synced)
    default: bytes = Array(bytes.prefix(synced))
    }
    // A mode is on the medium when it happens to be.
    if cut == .nothing, bytes.isEmpty { isWritable = true }
    (synced, lost) = (bytes.count, [])
  }
}

/// Chance that is the same for the same seed: G. Steele et al., doi:10.1145/2660193.2660195.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var bits = state
    bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
    return bits ^ bits >> 31
  }

  mutating func next(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }
}
