import CMillraceFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few system calls that the store needs, with errors for return codes.
///
/// Foundation is not used: it would cost more start-up time than a cached run takes, and it hides
/// `O_EXCL`, `fsync` and `flock`. Every function throws ``SystemCallError``.
package enum FileSystem {
  /// What `fstat` says of a file.
  package struct Status {
    package var size: Int
    package var isWritable: Bool
  }

  // MARK: Files

  package static func openToRead(_ path: String) throws -> Int32 {
    try descriptor(open(path, O_RDONLY | O_CLOEXEC), "open")
  }

  /// Creates a file that did not exist, for appending.
  ///
  /// - Parameter mode: The permissions that later openings find; they do not bind this one.
  static func create(_ path: String, mode: mode_t) throws -> Int32 {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC
    return try descriptor(open(path, flags, mode), "open")
  }

  static func openToLock(_ path: String) throws -> Int32 {
    try descriptor(open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666), "open")
  }

  package static func closeFile(_ file: Int32) {
    _ = close(file)
  }

  package static func status(of file: Int32) throws -> Status {
    var information = stat()
    guard fstat(file, &information) == 0 else { throw SystemCallError.last("fstat") }
    return Status(
      size: Int(information.st_size), isWritable: information.st_mode & S_IWUSR != 0)
  }

  /// Returns a file's size, or `nil` if there is no such file.
  package static func size(of path: String) throws -> Int? {
    var information = stat()
    if stat(path, &information) == 0 { return Int(information.st_size) }
    let error = SystemCallError.last("stat")
    if error.isNotFound { return nil }
    throw error
  }

  package static func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws {
    try SystemDisk().writeAll(bytes, to: file)
  }

  /// Appends as much as the system takes at once: not always all, and at most 1 GiB.
  static func writeSome(_ bytes: UnsafeRawBufferPointer, to file: Int32) throws -> Int {
    // The system takes at most 2 GiB; a smaller step makes no difference to it.
    let count = min(bytes.count, 1 << 30)
    while true {
      let written = write(file, bytes.baseAddress, count)
      if written > 0 || count == 0 { return written }
      // That nothing was written and nothing went wrong is no answer that a file gives.
      if written == 0 { throw SystemCallError(call: "write", number: EIO) }
      if errno != EINTR { throw SystemCallError.last("write") }
    }
  }

  /// Reads until `count` bytes are there or the file ends.
  package static func read(_ count: Int, at offset: Int, of file: Int32) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      let room = UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: count)
      // Of smaller ones most is there already.
      if count >= 1 << 20 { millrace_prepare_memory(room.baseAddress, count) }
      filled = try read(into: room, at: offset, of: file)
    }
  }

  /// Reads until a buffer is full or the file ends.
  ///
  /// - Returns: How many bytes were read.
  static func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int, of file: Int32
  ) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let step = min(buffer.count - filled, 1 << 30)
      let got = pread(file, buffer.baseAddress! + filled, step, off_t(offset + filled))
      if got > 0 {
        filled += got
      } else if got == 0 {
        break
      } else if errno != EINTR {
        throw SystemCallError.last("pread")
      }
    }
    return filled
  }

  /// Returns when a file's bytes and size are on the medium.
  package static func sync(_ file: Int32) throws {
    #if canImport(Darwin)
      // On Apple platforms `fsync` stops at the drive's cache.
      guard fcntl(file, F_FULLFSYNC) == 0 || fsync(file) == 0 else {
        throw SystemCallError.last("fsync")
      }
    #else
      guard fdatasync(file) == 0 else { throw SystemCallError.last("fdatasync") }
    #endif
  }

  /// Lets the system begin to write what ``sync(_:)`` is going to wait for.
  package static func beginSync(_ file: Int32) { millrace_begin_writing(file) }

  static func makeUnwritable(_ file: Int32) throws {
    guard fchmod(file, 0o444) == 0 else { throw SystemCallError.last("fchmod") }
  }

  package static func rename(_ old: String, to new: String) throws {
    guard systemRename(old, new) == 0 else { throw SystemCallError.last("rename") }
  }

  /// Removes a file if it is there.
  package static func remove(_ path: String) throws {
    guard unlink(path) == 0 || errno == ENOENT else { throw SystemCallError.last("unlink") }
  }

  // MARK: Locks

  /// Waits for a lock that the system gives back when the process ends.
  static func lock(_ file: Int32, exclusively: Bool) throws {
    while flock(file, exclusively ? LOCK_EX : LOCK_SH) != 0 {
      guard errno == EINTR else { throw SystemCallError.last("flock") }
    }
  }

  static func unlock(_ file: Int32) {
    _ = flock(file, LOCK_UN)
  }

  /// Returns whether somebody holds the file exclusively.
  static func isLocked(_ file: Int32) -> Bool {
    if flock(file, LOCK_SH | LOCK_NB) == 0 {
      unlock(file)
      return false
    }
    return errno == EWOULDBLOCK
  }

  // MARK: Folders

  /// Creates a folder; one that exists is left as it is.
  ///
  /// - Returns: Whether the folder is new.
  @discardableResult package static func makeFolder(_ path: String) throws -> Bool {
    if mkdir(path, 0o777) == 0 { return true }
    let error = SystemCallError.last("mkdir")
    if error.isExisting { return false }
    throw error
  }

  /// Creates a folder and those above it.
  package static func makeFolders(_ path: String) throws {
    do {
      try makeFolder(path)
    } catch let error as SystemCallError where error.isNotFound {
      guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { throw error }
      try makeFolders(String(path[..<slash]))
      try makeFolder(path)
    }
  }

  /// Returns the names in a folder except `.` and `..`, or `nil` if there is no such folder.
  package static func names(in path: String) throws -> [String]? {
    guard let folder = opendir(path) else {
      let error = SystemCallError.last("opendir")
      if error.isNotFound { return nil }
      throw error
    }
    defer { closedir(folder) }
    let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name)!
    var names: [String] = []
    errno = 0
    while let entry = readdir(folder) {
      // An entry is only as long as its name, so the tuple `d_name` must not be copied whole.
      let name = UnsafeRawPointer(entry).advanced(by: nameOffset)
      let text = String(cString: name.assumingMemoryBound(to: CChar.self))
      if text != ".", text != ".." { names.append(text) }
      errno = 0
    }
    guard errno == 0 else { throw SystemCallError.last("readdir") }
    return names
  }

  /// Returns when a folder's entries are on the medium.
  static func syncFolder(_ path: String) throws {
    let folder = try openToRead(path)
    defer { closeFile(folder) }
    guard fsync(folder) == 0 else { throw SystemCallError.last("fsync") }
  }

  static func isWritable(_ path: String) -> Bool {
    access(path, W_OK) == 0
  }

  private static func descriptor(_ result: Int32, _ call: String) throws -> Int32 {
    guard result >= 0 else { throw SystemCallError.last(call) }
    return result
  }
}

/// `rename`, whose name ``FileSystem/rename(_:to:)`` hides.
private func systemRename(_ old: String, _ new: String) -> Int32 {
  rename(old, new)
}
