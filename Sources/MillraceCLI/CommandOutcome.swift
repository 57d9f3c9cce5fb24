import ArgumentParser

/// What ArgumentParser has to say instead of a command: help, a version, a completion script or a usage error.
enum CommandOutcome {
  /// The first argument when a completion script calls back.
  static let completion = "---completion"

  /// Whether a completion script is asked for.
  static func isScriptWanted(_ arguments: [String]) -> Bool {
    arguments.contains { $0.hasPrefix("--generate-completion-script") }
  }

  /// Prints it.
  ///
  /// - Parameters:
  ///   - root: What was parsed.
  ///   - script: What a completion script is made of.
  static func report(
    _ error: any Error, on arguments: [String], of root: any ParsableCommand.Type,
    script: any ParsableCommand.Type, to console: Console
  ) -> ExitStatus {
    let code = root.exitCode(for: error)
    let text = (isScriptWanted(arguments) ? script : root).fullMessage(for: error)
    if !code.isSuccess && arguments.first == completion {
      // It would come to stand in the middle of somebody's command line.
    } else if !text.isEmpty {
      if code.isSuccess { console.print(text) } else { console.complain(text) }
    }
    return ExitStatus(rawValue: code.rawValue)
  }
}
