import ArgumentParser
import MillraceGraph

/// How much `run` says for people. `plan` has no use for these.
struct ReportingOptions: ParsableArguments {
  /// How much is said.
  enum Detail: Sendable {
    case quiet, normal, verbose

    /// The least level of lines of a task's log that are shown.
    var logLevel: TaskLog.Level {
      switch self {
      case .quiet: .warning
      case .normal: .info
      case .verbose: .debug
      }
    }
  }

  @Flag(
    name: .shortAndLong,
    help: """
      Print only failures, warnings and the texts that the pipeline prints; '--json' prints as much \
      as ever.
      """)
  var quiet = false

  @Flag(
    name: .shortAndLong,
    help: "Print also each hit, why each node ran, and debug lines of tasks' logs.")
  var verbose = false

  func validate() throws {
    if quiet && verbose {
      throw ValidationError("'--quiet' and '--verbose' exclude each other; give one of them.")
    }
  }

  var detail: Detail { quiet ? .quiet : verbose ? .verbose : .normal }
}
