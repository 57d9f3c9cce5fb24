import ArgumentParser
import MillraceEngine
import MillraceGraph

/// What a command line is carried out in; tests give another one than the process.
struct Session: Sendable {
  /// Gives the value of an environment variable.
  var environment: @Sendable (String) -> String?
  var console: Console
  /// Where `millrace.json` is looked for; the working folder.
  var folder = "."
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
    await run(arguments, in: session, at: ByItself<P>.self)
  }

  /// - Parameter arguments: What follows the words of the place.
  static func run<Place: CommandPlace>(
    _ arguments: [String], in session: Session, at place: Place.Type
  ) async -> ExitStatus where Place.P == P {
    let isCompletion = arguments.first == CommandOutcome.completion
    if let refusal = ReservedNames.refusal(of: P.self) {
      if !isCompletion { session.console.complain("Error: \(refusal)") }
      return .usage
    }
    if let help = help(for: arguments, at: place) {
      session.console.print(help)
      return .success
    }
    do {
      let rooted = Place.rooted(arguments)
      guard isCompletion else {
        return try await perform(try await Place.Root.asyncParseAsRoot(rooted), in: session)
      }
      let completions = Completions(pipeline: P.pipelineName, session: session)
      return try await Completions.$current.withValue(completions) {
        try await perform(try await Place.HelpRoot.asyncParseAsRoot(rooted), in: session)
      }
    } catch {
      let status = CommandOutcome.report(
        error, on: arguments, of: Place.Root.self, script: place.script, to: session.console)
      if status == .usage, let verb = verb(nearTo: arguments, at: place) {
        session.console.complain("Did you mean '\(verb)'?")
      }
      return status
    }
  }

  private static func perform(
    _ command: any ParsableCommand, in session: Session
  ) async throws -> ExitStatus {
    switch command {
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
  }

  /// The help of the pipeline as a whole, if that is what is asked for.
  ///
  /// ArgumentParser would leave out what the default subcommand takes.
  private static func help<Place: CommandPlace>(
    for arguments: [String], at place: Place.Type
  ) -> String? {
    switch arguments {
    case ["--help"], ["-h"], ["help"]:
      Place.HelpRoot.helpMessage(for: HelpCommand<Place>.self)
    case ["--help-hidden"]:
      Place.HelpRoot.helpMessage(for: HelpCommand<Place>.self, includeHidden: true)
    default: nil
    }
  }

  /// The verb that a first argument may have been meant for. ArgumentParser takes one that is none for an
  /// argument of the default verb.
  private static func verb<Place: CommandPlace>(
    nearTo arguments: [String], at place: Place.Type
  ) -> String? {
    let verbs = RootCommand<Place>.configuration.subcommands.map { $0._commandName } + ["help"]
    guard let first = arguments.first, !first.hasPrefix("-"), !verbs.contains(first) else {
      return nil
    }
    return NameSuggestions.nearest(to: first, in: verbs, limit: 1).first
  }
}
