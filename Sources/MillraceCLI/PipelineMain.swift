import ArgumentParser
import MillraceEngine
import MillraceGraph

/// What a command line is carried out in; tests give another one than the process.
struct Session: Sendable {
  /// Gives the value of an environment variable.
  var environment: @Sendable (String) -> String?
  var console: Console
  /// Whether interrupts of the process end a run.
  var hearsSignals = false

  static func process() -> Session {
    Session(
      environment: ProcessEnvironment.value, console: .standard(ProcessEnvironment.value),
      hearsSignals: true)
  }
}

/// The command line of a pipeline, from arguments to exit status.
enum PipelineMain<P: PipelineCommand> {
  static func run(_ arguments: [String], in session: Session) async -> ExitStatus {
    if let refusal = ReservedNames.refusal(of: P.self) {
      session.console.complain("Error: \(refusal)")
      return .usage
    }
    if let help = help(for: arguments) {
      session.console.print(help)
      return .success
    }
    do {
      switch try await RootCommand<P>.asyncParseAsRoot(arguments) {
      case let command as RunCommand<P>: return await command.perform(in: session)
      case let command as PlanCommand<P>: return await command.perform(in: session)
      case let command as ListCommand<P>: return command.perform(in: session)
      case let command as GraphCommand<P>: return command.perform(in: session)
      case let command as StatusCommand<P>: return await command.perform(in: session)
      case let command as AcceptCommand<P>: return await command.perform(in: session)
      case let command as ReadCommand<P>: return command.perform(in: session)
      case let command as ExplainCommand<P>: return command.perform(in: session)
      case let command as HistoryCommand<P>: return command.perform(in: session)
      case let command as DiffCommand<P>: return command.perform(in: session)
      case let command as LineageCommand<P>: return command.perform(in: session)
      case let command as InvalidateCommand<P>: return command.perform(in: session)
      case let command as VerifyCommand<P>: return await command.perform(in: session)
      case let command as CleanCommand<P>: return command.perform(in: session)
      case var command as any AsyncParsableCommand: try await command.run()
      case var command: try command.run()
      }
      return .success
    } catch {
      return report(error, on: arguments, to: session.console)
    }
  }

  /// The help of the program as a whole, if that is what is asked for.
  ///
  /// ArgumentParser would leave out what the default subcommand takes.
  private static func help(for arguments: [String]) -> String? {
    switch arguments {
    case ["--help"], ["-h"], ["help"]: HelpCommand<P>.helpMessage()
    case ["--help-hidden"]: HelpCommand<P>.helpMessage(includeHidden: true)
    default: nil
    }
  }

  /// Prints what ArgumentParser has to say: help, a version, a completion script or a usage error.
  private static func report(
    _ error: any Error, on arguments: [String], to console: Console
  ) -> ExitStatus {
    let code = RootCommand<P>.exitCode(for: error)
    let text = RootCommand<P>.fullMessage(for: error)
    if !text.isEmpty {
      if code.isSuccess { console.print(text) } else { console.complain(text) }
    }
    if !code.isSuccess, let verb = verb(nearTo: arguments) {
      console.complain("Did you mean '\(verb)'?")
    }
    return ExitStatus(rawValue: code.rawValue)
  }

  /// The verb that a first argument may have been meant for. ArgumentParser takes one that is none for an
  /// argument of the default verb.
  private static func verb(nearTo arguments: [String]) -> String? {
    let verbs = RootCommand<P>.configuration.subcommands.map { $0._commandName } + ["help"]
    guard let first = arguments.first, !first.hasPrefix("-"), !verbs.contains(first) else {
      return nil
    }
    return NameSuggestions.nearest(to: first, in: verbs, limit: 1).first
  }
}
