import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension FileSystem {
  /// Returns whether a path leads to a device, a pipe or a socket, also through links.
  ///
  /// `/dev/stdout` and the like count even where they lead to a file, which is somebody else's.
  static func isDevice(_ path: String) -> Bool {
    if path.hasPrefix("/dev/") { return true }
    var information = stat()
    guard stat(path, &information) == 0 else { return false }
    return ![S_IFREG, S_IFDIR].contains(information.st_mode & S_IFMT)
  }

  /// The path of what a link leads to, so that replacing it leaves the link; the path itself if
  /// there is nothing yet.
  static func target(of path: String) -> String {
    guard let target = realpath(path, nil) else { return path }
    defer { free(target) }
    return String(cString: target)
  }

  /// Writes to what there is at a path, without putting anything in its place.
  static func write(_ bytes: UnsafeRawBufferPointer, into path: String) throws {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw SystemCallError(call: "open", number: errno) }
    defer { closeFile(file) }
    try writeAll(bytes, to: file)
  }
}
