internal import MillraceCoding
internal import MillraceGraph

#if canImport(Darwin)
  internal import Darwin
#endif

/// What stands for a task's code in its key.
public enum FingerprintSource: String, Hashable, Sendable, CaseIterable {
  /// The tokens of the task and of the helpers that it is known to use: see ``TaskDefinition/helpers``.
  case source
  /// The running executable. Every build of other code, whatever has changed, runs every task again.
  ///
  /// Libraries that are loaded dynamically are no part of it.
  case executable
}

extension FingerprintSource {
  /// The digest that stands for the code of all tasks; nil if each has a fingerprint of its own.
  ///
  /// - Throws: ``PipelineError`` with code `misuse` if the executable cannot be read.
  func digest(using digests: FileDigests) throws -> Digest? {
    guard self == .executable else { return nil }
    do {
      return try digests.digest(ofFile: Self.executablePath())
    } catch {
      throw PipelineError(
        .misuse,
        "The running executable cannot be read, so it cannot stand for the tasks' code; choose the fingerprint 'source'.",
        cause: error)
    }
  }

  /// A path under which the executable can be opened, even when another has taken its place.
  package static func executablePath() -> String {
    #if canImport(Darwin)
      var size: UInt32 = 0
      _ = _NSGetExecutablePath(nil, &size)
      var path = [CChar](repeating: 0, count: Int(size) + 1)
      _ = _NSGetExecutablePath(&path, &size)
      return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
      "/proc/self/exe"
    #endif
  }
}
