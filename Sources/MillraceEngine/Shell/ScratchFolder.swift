import MillraceStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A new folder of this process's own, below `TMPDIR` or `/tmp`.
struct ScratchFolder: Sendable {
  let path: String

  init() throws {
    let base = ProcessEnvironment.value("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(base)/millrace-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SystemCallError(call: "mkdtemp in '\(base)'", number: errno)
    }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The path of a file in the folder.
  func path(of name: String) -> String { "\(path)/\(name)" }

  /// Removes the folder and everything in it.
  ///
  /// - Returns: Whether nothing is left.
  func remove() -> Bool { Self.remove(Array(path.utf8CString)) }

  /// Works on bytes, since a program may have given files names that are no text. Links are removed and
  /// not followed.
  private static func remove(_ path: [CChar]) -> Bool {
    if unlink(path) == 0 || errno == ENOENT { return true }
    var information = stat()
    guard lstat(path, &information) == 0, information.st_mode & S_IFMT == S_IFDIR else {
      return false
    }
    // A program may have taken its own permissions away.
    chmod(path, 0o700)
    for name in names(in: path) {
      _ = remove(Array(path.dropLast()) + [CChar(UInt8(ascii: "/"))] + name)
    }
    return rmdir(path) == 0
  }

  /// The names in a folder, each with its zero byte.
  private static func names(in path: [CChar]) -> [[CChar]] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return [] }
    var names: [[CChar]] = []
    while let entry = readdir(folder) {
      // An entry is only as long as its name, so the tuple `d_name` must not be copied whole.
      let name = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
      let bytes = Array(UnsafeBufferPointer(start: name, count: strlen(name) + 1))
      let dot = CChar(UInt8(ascii: "."))
      if bytes != [dot, 0], bytes != [dot, dot, 0] { names.append(bytes) }
    }
    return names
  }
}
