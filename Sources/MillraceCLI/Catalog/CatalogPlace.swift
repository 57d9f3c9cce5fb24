import ArgumentParser

/// A pipeline beside others in a catalog.
///
/// Its tree of commands has no other pipeline in it: what is wrong with one of them is no matter of the rest.
enum InCatalog<C: PipelineCatalog, P: PipelineCommand>: CommandPlace {
  typealias Root = CatalogBranch<C, RootCommand<Self>>
  typealias HelpRoot = CatalogBranch<C, HelpCommand<Self>>

  static var name: String { P._commandName }
  static var path: String { "\(C.name) \(name)" }
  // One script for the program.
  static var script: any ParsableCommand.Type { CatalogTree<C>.self }

  static func rooted(_ arguments: [String]) -> [String] {
    switch arguments.first {
    // ArgumentParser knows this word at the root only.
    case "help": ["help", name] + arguments.dropFirst()
    case CommandOutcome.completion: [CommandOutcome.completion, name] + arguments.dropFirst()
    default: [name] + arguments
    }
  }
}

/// A catalog with one command.
struct CatalogBranch<C: PipelineCatalog, Member: AsyncParsableCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: C.name, abstract: C.configuration.abstract, version: C.configuration.version,
      subcommands: [Member.self])
  }
}

/// A catalog without its pipelines: options, and subcommands of its own.
struct CatalogRoot<C: PipelineCatalog>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    var configuration = C.configuration
    configuration.commandName = C.name
    configuration.usage = C.usage
    configuration.defaultSubcommand = nil
    return configuration
  }
}

/// A catalog with all of its pipelines, as completion scripts are made of it. It is never run.
struct CatalogTree<C: PipelineCatalog>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    var configuration = CatalogRoot<C>.configuration
    configuration.subcommands = C.pipelines.map { member($0) } + configuration.subcommands
    return configuration
  }

  private static func member<P: PipelineCommand>(_ pipeline: P.Type) -> any ParsableCommand.Type {
    CompletionScript<InCatalog<C, P>>.command
  }
}

extension PipelineCatalog {
  // As that of a pipeline that is the whole program.
  static var name: String { configuration.commandName ?? "\(Self.self)" }

  static var usage: String {
    """
    \(name) <pipeline> [<options>]
    \(name) <pipeline> <subcommand>
    """
  }
}
