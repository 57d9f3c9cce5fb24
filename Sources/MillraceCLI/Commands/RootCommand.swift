import ArgumentParser
import Millrace

/// The program: it has no options of its own, so that each subcommand gets all arguments.
struct RootCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    var configuration = commonConfiguration
    configuration.defaultSubcommand = RunCommand<P>.self
    return configuration
  }

  /// What the pipeline says of itself, with Millrace's subcommands before its own.
  static var commonConfiguration: CommandConfiguration {
    var configuration = P.configuration
    // The executable's name is its target's, which is the type's in general.
    configuration.commandName = configuration.commandName ?? "\(P.self)"
    configuration.subcommands =
      [
        RunCommand<P>.self, PlanCommand<P>.self, ListCommand<P>.self, GraphCommand<P>.self,
        StatusCommand<P>.self, ExplainCommand<P>.self,
        ReadCommand<P>.self, HistoryCommand<P>.self, DiffCommand<P>.self, LineageCommand<P>.self,
        AcceptCommand<P>.self, InvalidateCommand<P>.self,
        VerifyCommand<P>.self, CleanCommand<P>.self,
      ] + configuration.subcommands
    return configuration
  }
}

/// The program as its help shows it: with the options of the default subcommand. It is never run.
struct HelpCommand<P: PipelineCommand>: AsyncParsableCommand {
  @OptionGroup var pipeline: P
  @OptionGroup var common: CommonOptions
  @OptionGroup var reporting: ReportingOptions

  static var configuration: CommandConfiguration {
    var configuration = RootCommand<P>.commonConfiguration
    configuration.usage = """
      \(configuration.commandName ?? "") [<options>]
      \(configuration.commandName ?? "") <subcommand>
      """
    // Shown as the default; arguments never get here.
    configuration.defaultSubcommand = RunCommand<P>.self
    return configuration
  }
}
