/// The system calls that a store's folder is made of, one method each.
///
/// It is a protocol so that a test can stand between the store and the system: let the *k*-th call fail,
/// or end the process in the middle of it. Everything else is written above it. What may fail throws
/// ``SystemCallError``.
package protocol Disk: Sendable {
  func openToRead(_ path: String) throws -> Int32
  /// Creates a file that did not exist, for appending.
  ///
  /// - Parameter mode: The permissions that later openings find; they do not bind this one.
  func create(_ path: String, mode: UInt16) throws -> Int32
  func openToLock(_ path: String) throws -> Int32
  func closeFile(_ file: Int32)
  func status(of file: Int32) throws -> FileSystem.Status
  /// Returns a file's size, or `nil` if there is no such file.
  func size(of path: String) throws -> Int?
  /// Appends bytes, or, as the system likes, only the first of them.
  ///
  /// - Returns: How many were appended.
  func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws -> Int
  /// Reads until `count` bytes are there or the file ends.
  func read(_ count: Int, at offset: Int, of file: Int32) throws -> [UInt8]
  /// Reads until a buffer is full or the file ends.
  ///
  /// - Returns: How many bytes were read.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int, of file: Int32
  ) throws -> Int
  /// Returns when a file's bytes and size are on the medium.
  func sync(_ file: Int32) throws
  /// Begins what ``sync(_:)`` is going to wait for: a hint, which promises nothing.
  func beginSync(_ file: Int32)
  func makeUnwritable(_ file: Int32) throws
  func rename(_ old: String, to new: String) throws
  /// Removes a file if it is there.
  func remove(_ path: String) throws
  /// Waits for a lock that the system gives back when the process ends.
  func lock(_ file: Int32, exclusively: Bool) throws
  func unlock(_ file: Int32)
  /// Returns whether somebody holds the file exclusively.
  func isLocked(_ file: Int32) -> Bool
  /// Creates a folder; one that exists is left as it is.
  ///
  /// - Returns: Whether the folder is new.
  func makeFolder(_ path: String) throws -> Bool
  /// Returns the names in a folder except `.` and `..`, or `nil` if there is no such folder.
  func names(in path: String) throws -> [String]?
  /// Returns when a folder's entries are on the medium.
  func syncFolder(_ path: String) throws
  func isWritable(_ path: String) -> Bool
}

extension Disk {
  package func beginSync(_ file: Int32) {}

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int, of file: Int32
  ) throws -> Int {
    let bytes = try read(buffer.count, at: offset, of: file)
    buffer.copyBytes(from: bytes)
    return bytes.count
  }

  func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      rest = rest.dropFirst(try write(UnsafeRawBufferPointer(rebasing: rest), to: file))
    }
  }

  /// Creates a folder and those above it, and puts the names of new ones on the medium.
  func makeFolders(_ path: String) throws {
    let above = path.lastIndex(of: "/").map { slash in
      slash == path.startIndex ? "/" : String(path[..<slash])
    }
    let isNew: Bool
    do {
      isNew = try makeFolder(path)
    } catch let error as SystemCallError where error.isNotFound {
      guard let above, above != path else { throw error }
      try makeFolders(above)
      isNew = try makeFolder(path)
    }
    if isNew { try syncFolder(above ?? ".") }
  }
}

/// The system's own calls.
package struct SystemDisk: Disk {
  package init() {}

  package func openToRead(_ path: String) throws -> Int32 { try FileSystem.openToRead(path) }
  package func create(_ path: String, mode: UInt16) throws -> Int32 {
    try FileSystem.create(path, mode: .init(mode))
  }
  package func openToLock(_ path: String) throws -> Int32 { try FileSystem.openToLock(path) }
  package func closeFile(_ file: Int32) { FileSystem.closeFile(file) }
  package func status(of file: Int32) throws -> FileSystem.Status {
    try FileSystem.status(of: file)
  }
  package func size(of path: String) throws -> Int? { try FileSystem.size(of: path) }
  package func write(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws -> Int {
    try FileSystem.writeSome(bytes, to: file)
  }
  package func read(_ count: Int, at offset: Int, of file: Int32) throws -> [UInt8] {
    try FileSystem.read(count, at: offset, of: file)
  }
  package func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int, of file: Int32
  ) throws -> Int {
    try FileSystem.read(into: buffer, at: offset, of: file)
  }
  package func sync(_ file: Int32) throws { try FileSystem.sync(file) }
  package func beginSync(_ file: Int32) { FileSystem.beginSync(file) }
  package func makeUnwritable(_ file: Int32) throws { try FileSystem.makeUnwritable(file) }
  package func rename(_ old: String, to new: String) throws {
    try FileSystem.rename(old, to: new)
  }
  package func remove(_ path: String) throws { try FileSystem.remove(path) }
  package func lock(_ file: Int32, exclusively: Bool) throws {
    try FileSystem.lock(file, exclusively: exclusively)
  }
  package func unlock(_ file: Int32) { FileSystem.unlock(file) }
  package func isLocked(_ file: Int32) -> Bool { FileSystem.isLocked(file) }
  package func makeFolder(_ path: String) throws -> Bool { try FileSystem.makeFolder(path) }
  package func names(in path: String) throws -> [String]? { try FileSystem.names(in: path) }
  package func syncFolder(_ path: String) throws { try FileSystem.syncFolder(path) }
  package func isWritable(_ path: String) -> Bool { FileSystem.isWritable(path) }
}
