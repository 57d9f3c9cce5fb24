public import ArgumentParser

/// Several pipelines in one executable.
///
/// ```swift
/// @main
/// struct Tools: PipelineCatalog {
///   static let configuration = CommandConfiguration(abstract: "What we know of flights.")
///   static let pipelines: [any PipelineCommand.Type] = [FlightDelays.self, WordCount.self]
/// }
/// ```
///
/// ```
/// Tools                            lists the pipelines; the same as `Tools --help`
/// Tools word-count --top 20        runs one of them
/// Tools word-count plan --json     each has the subcommands that it would have by itself
/// Tools word-count --help          the same as `Tools help word-count`
/// ```
///
/// A pipeline's word is the `commandName` of its configuration, or its type's name in lower case with
/// hyphens. Two pipelines with the same word, or with the same ``Millrace/Pipeline/pipelineName``, are refused.
///
/// All pipelines keep their results in the same store, unless told otherwise: what one has computed is a hit
/// for the others. Names tell them apart: `read`, `history` with a name, `explain`, `lineage`, `invalidate`
/// and `status` mean the nodes and runs of their own pipeline, so two pipelines may each have a `top`.
/// `history` without a name, `gc` and `verify` are about the store as a whole.
///
/// The exit status is that of the pipeline; see ``PipelineCommand``.
public protocol PipelineCatalog: SendableMetatype {
  /// In the order of the overview.
  static var pipelines: [any PipelineCommand.Type] { get }

  /// Says more of the program: `commandName`, `abstract`, `discussion`, `version`, and `subcommands` besides
  /// the pipelines. Nothing by default; the program's name is then the type's.
  static var configuration: CommandConfiguration { get }
}

extension PipelineCatalog {
  public static var configuration: CommandConfiguration { CommandConfiguration() }

  /// Carries out the process's command line and exits.
  public static func main() async {
    await main(nil)
  }

  /// Carries out a command line and exits.
  ///
  /// - Parameter arguments: Without the program's name; nil for the process's own.
  public static func main(_ arguments: [String]?) async {
    StandardStreams.surviveClosedPipes()
    await CatalogMain<Self>.run(
      arguments ?? Array(CommandLine.arguments.dropFirst()), in: .process()
    ).endProcess()
  }
}
