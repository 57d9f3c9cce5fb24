import ArgumentParser
import Synchronization

/// What a pipeline's completion script is made of.
enum CompletionScript<Place: CommandPlace> {
  /// With the options that `run` takes without the word `run`.
  ///
  /// Not where the pipeline takes arguments besides options: shells would take a subcommand for one of them.
  static var command: any ParsableCommand.Type {
    takesArguments ? RootCommand<Place>.self : HelpCommand<Place>.self
  }

  private static var takesArguments: Bool {
    // ArgumentParser asks for the tree of a catalog many times.
    if let known = known.withLock({ $0[ObjectIdentifier(Place.P.self)] }) { return known }
    // It adds the command 'help' to each dump, which takes one.
    let takes = positionals(Own.self) > positionals(Nothing.self)
    known.withLock { $0[ObjectIdentifier(Place.P.self)] = takes }
    return takes
  }

  private static func positionals(_ type: (some ParsableArguments).Type) -> Int {
    ReservedNames.strings(after: "kind", inDump: Array(type._dumpHelp().utf8))
      .count { $0 == "positional" }
  }

  /// What the pipeline takes, without its subcommands.
  private struct Own: ParsableArguments {
    @OptionGroup var pipeline: Place.P
  }

  private struct Nothing: ParsableArguments {}
}

/// Whether pipelines take arguments, as far as somebody has asked.
private let known = Mutex<[ObjectIdentifier: Bool]>([:])
