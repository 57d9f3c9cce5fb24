public import MillraceStore

/// A child process that could not be started, or did not end as it should.
///
/// Its words name the program and never its arguments, which may be values of inputs.
public struct ProcessFailure: Error, Sendable, CustomStringConvertible {
  public enum End: Hashable, Sendable {
    /// With a status that was not to be accepted.
    case exited(Int32)
    /// By a signal that this process did not send.
    case signalled(Int32)
    /// It never ran.
    case notStarted(SystemCallError)
    /// Something else in this process waited for it, or SIGCHLD is ignored.
    case lost
  }

  public var program: String
  public var end: End
  /// The last lines of standard error, at most ten.
  public var lastLines: [String]

  init(_ program: String, _ end: End, lastLines: [String] = []) {
    self.program = program
    self.end = end
    self.lastLines = lastLines
  }

  public var description: String {
    let what =
      switch end {
      case .exited(let status): "'\(program)' exited with status \(status)"
      case .signalled(let signal): "'\(program)' was ended by signal \(signal)"
      case .lost:
        "'\(program)' has ended, and how is not known; do not ignore SIGCHLD or wait for all children"
      case .notStarted(let error)
      where error.call == Spawn.call && error.isNotFound && !program.contains("/"):
        "there is no program '\(program)' in PATH; install it, or give its whole path"
      case .notStarted(let error):
        "'\(program)' cannot be started (\(error)); check its path and folder"
      }
    return lastLines.isEmpty
      ? what
      : "\(what); the last it wrote to standard error:\n"
        + lastLines.map { "  \($0)" }.joined(separator: "\n")
  }
}
