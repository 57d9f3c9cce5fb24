#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension FileSystem {
  /// What stands behind a path.
  package enum Kind {
    case file, folder
    /// A link to a folder, a link to nothing, a device, a socket.
    case other
  }

  /// Tells files, also through links, from folders, which are not followed through links.
  package static func kind(of path: String) throws -> Kind {
    var information = stat()
    guard lstat(path, &information) == 0 else { throw SystemCallError.last("lstat") }
    switch information.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK:
      guard stat(path, &information) == 0 else { return .other }
      return information.st_mode & S_IFMT == S_IFREG ? .file : .other
    default: return .other
    }
  }
}
