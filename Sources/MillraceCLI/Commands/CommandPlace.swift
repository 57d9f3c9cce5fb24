import ArgumentParser

/// Where a pipeline stands on the command line, and so what it is called there.
///
/// A type, because ArgumentParser asks types for names.
protocol CommandPlace {
  associatedtype P: PipelineCommand
  /// What ArgumentParser starts from.
  associatedtype Root: AsyncParsableCommand
  /// The same with ``HelpCommand``.
  associatedtype HelpRoot: AsyncParsableCommand

  /// The pipeline's own word.
  static var name: String { get }
  /// All words up to the pipeline's own.
  static var path: String { get }
  /// What ``Root`` gets of the arguments that the pipeline has.
  static func rooted(_ arguments: [String]) -> [String]
  /// What completion scripts are made of.
  static var script: any ParsableCommand.Type { get }
}

/// A pipeline that is the whole program.
enum ByItself<P: PipelineCommand>: CommandPlace {
  typealias Root = RootCommand<Self>
  typealias HelpRoot = HelpCommand<Self>

  // The executable's name is its target's, which is the type's in general.
  static var name: String { P.configuration.commandName ?? "\(P.self)" }
  static var path: String { name }
  static func rooted(_ arguments: [String]) -> [String] { arguments }
  static var script: any ParsableCommand.Type { CompletionScript<Self>.command }
}
