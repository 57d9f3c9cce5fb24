import ArgumentParser
import Millrace

/// The program: it has no options of its own, so that each subcommand gets all arguments.
struct RootCommand<Place: CommandPlace>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    var configuration = commonConfiguration
    configuration.defaultSubcommand = RunCommand<Place.P>.self
    return configuration
  }

  /// What the pipeline says of itself, with Millrace's subcommands before its own.
  static var commonConfiguration: CommandConfiguration {
    typealias P = Place.P
    var configuration = P.configuration
    configuration.commandName = Place.name
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
struct HelpCommand<Place: CommandPlace>: AsyncParsableCommand {
  @OptionGroup var pipeline: Place.P
  @OptionGroup var common: CommonOptions
  @OptionGroup var reporting: ReportingOptions

  static var configuration: CommandConfiguration {
    var configuration = RootCommand<Place>.commonConfiguration
    configuration.usage = """
      \(Place.path) [<options>]
      \(Place.path) <subcommand>
      """
    // Shown as the default; arguments never get here.
    configuration.defaultSubcommand = RunCommand<Place.P>.self
    return configuration
  }
}
