/// What a child process that succeeded left behind.
public struct ProcessOutput: Hashable, Sendable {
  /// What becomes of a child's standard output.
  public enum Handling: Sendable {
    /// It is collected in memory, whole, and returned.
    case captured
    /// Its lines go to the task's log, and nothing is returned.
    case logged
  }

  /// The exit status: one of those that were to be accepted.
  public var status: Int32
  /// All of it; empty where it was ``Handling/logged``.
  public var standardOutput: [UInt8]
  /// The last 64 KiB of it. Its lines have gone to the task's log as they came.
  public var standardError: [UInt8]

  /// The standard output as text; bytes that are not UTF-8 become replacement characters.
  public var text: String { String(decoding: standardOutput, as: UTF8.self) }
}
