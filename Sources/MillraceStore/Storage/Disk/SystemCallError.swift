#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A system call that failed: its name, and the system's number and words for why.
public struct SystemCallError: Error, Hashable, Sendable {
  /// The call, such as `fsync`.
  public var call: String
  /// The system's error number, such as `ENOSPC`.
  public var number: Int32

  /// Creates an error.
  public init(call: String, number: Int32) {
    self.call = call
    self.number = number
  }

  /// The error that the calling thread's last system call left behind.
  static func last(_ call: String) -> SystemCallError {
    SystemCallError(call: call, number: errno)
  }

  /// Whether a file or a folder on the way to it does not exist.
  package var isNotFound: Bool { number == ENOENT }
  /// Whether what is taken for a folder, or one on the way to it, is none.
  package var isNotFolder: Bool { number == ENOTDIR }
  /// Whether there is something of that name.
  var isExisting: Bool { number == EEXIST }
}

extension SystemCallError: CustomStringConvertible {
  /// The call and the system's words, such as `fsync: No space left on device`.
  public var description: String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard strerror_r(number, &buffer, buffer.count) == 0 else { return "\(call): error \(number)" }
    let words = buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    return "\(call): \(String(decoding: words, as: UTF8.self))"
  }
}
