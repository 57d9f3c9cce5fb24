import ArgumentParser
import MillraceGraph

/// The command line of a catalog, from arguments to exit status.
enum CatalogMain<C: PipelineCatalog> {
  static func run(_ arguments: [String], in session: Session) async -> ExitStatus {
    if let refusal = CatalogCheck.refusal(of: C.self) {
      if !isCompletion(arguments) { session.console.complain("Error: \(refusal)") }
      return .usage
    }
    if CommandOutcome.isScriptWanted(arguments) {
      // A script has all of them in it.
      let refusals = CatalogCheck.refusals(of: C.self)
      for refusal in refusals { session.console.complain("Error: \(refusal)") }
      guard refusals.isEmpty else { return .usage }
    }
    guard let first = arguments.first else { return overview(in: session) }
    let isPrefix = first == "help" || isCompletion(arguments)
    switch isPrefix ? arguments.dropFirst().first : first {
    case nil, "-h", "--help", "--help-hidden": return overview(in: session)
    case let word?:
      if let pipeline = pipeline(word) {
        let rest = (isPrefix ? [first] : []) + arguments.dropFirst(isPrefix ? 2 : 1)
        return await run(pipeline, rest, in: session)
      }
      if word.hasPrefix("-") || ownWords.contains(word) {
        return await runOwn(arguments, in: session)
      }
      if !isCompletion(arguments) { complain(of: word, in: session.console) }
      return .usage
    }
  }

  private static func isCompletion(_ arguments: [String]) -> Bool {
    arguments.first == CommandOutcome.completion
  }

  private static func run<P: PipelineCommand>(
    _ pipeline: P.Type, _ arguments: [String], in session: Session
  ) async -> ExitStatus {
    await PipelineMain<P>.run(arguments, in: session, at: InCatalog<C, P>.self)
  }

  private static func pipeline(_ word: String) -> (any PipelineCommand.Type)? {
    C.pipelines.first { CatalogCheck.words(of: $0).contains(word) }
  }

  /// The words of subcommands that are no pipelines.
  private static var ownWords: [String] {
    C.configuration.subcommands.flatMap(CatalogCheck.words)
  }

  private static func overview(in session: Session) -> ExitStatus {
    session.console.print(CatalogOverview<C>.help)
    return session.console.status
  }

  /// Carries out what is about no pipeline, or about all: a version, a completion script, a subcommand of the
  /// catalog's own.
  private static func runOwn(_ arguments: [String], in session: Session) async -> ExitStatus {
    do {
      switch try await CatalogRoot<C>.asyncParseAsRoot(arguments) {
      case var command as any AsyncParsableCommand: try await command.run()
      case var command: try command.run()
      }
      return .success
    } catch {
      return CommandOutcome.report(
        error, on: arguments, of: CatalogRoot<C>.self, script: CatalogTree<C>.self,
        to: session.console)
    }
  }

  private static func complain(of word: String, in console: Console) {
    let names = C.pipelines.map { $0._commandName } + ownWords
    let near = NameSuggestions.nearest(to: word, in: names, limit: 1).first
    console.complain(
      "Error: There is no pipeline '\(word)'.\(near.map { " Did you mean '\($0)'?" } ?? "")")
    console.complain(CatalogOverview<C>.list)
  }
}
