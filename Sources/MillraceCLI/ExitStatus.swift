#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What a process says when it ends.
struct ExitStatus: RawRepresentable, Hashable, Sendable {
  var rawValue: Int32

  static let success = ExitStatus(rawValue: 0)
  /// A task failed, or something could not be read or written.
  static let failure = ExitStatus(rawValue: 1)
  /// The command line is wrong; `EX_USAGE` of `sysexits.h`, as ArgumentParser has it.
  static let usage = ExitStatus(rawValue: 64)

  /// A signal ended what the process did; as shells have it.
  static func interrupted(by signal: Int32) -> ExitStatus { ExitStatus(rawValue: 128 + signal) }

  func endProcess() -> Never { exit(rawValue) }
}
