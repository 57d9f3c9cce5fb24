#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a file system says of a file without reading it.
///
/// Two equal stamps of one path mean equal content, except for a change that came so soon after
/// another one that the modification time could not show it.
public struct FileStamp: Hashable, Sendable {
  /// The size in bytes.
  public var size: Int64
  /// The modification time in nanoseconds since the beginning of 1970.
  public var modified: Int64
  /// The file's number on its device.
  public var inode: UInt64
  /// The device's number.
  public var device: UInt64

  /// Creates a stamp.
  public init(size: Int64, modified: Int64, inode: UInt64, device: UInt64) {
    self.size = size
    self.modified = modified
    self.inode = inode
    self.device = device
  }

  /// The stamp of a file as it is now; symbolic links are followed.
  ///
  /// - Throws: ``SystemCallError`` if there is no such file or it cannot be reached.
  public init(ofFileAt path: String) throws {
    var information = stat()
    guard stat(path, &information) == 0 else { throw SystemCallError.last("stat") }
    self.init(information)
  }

  private init(_ information: stat) {
    #if canImport(Darwin)
      let time = information.st_mtimespec
    #else
      let time = information.st_mtim
    #endif
    size = Int64(information.st_size)
    modified = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    inode = UInt64(information.st_ino)
    device = UInt64(truncatingIfNeeded: information.st_dev)
  }
}
