import ArgumentParser
import Millrace

/// `run`: plans and runs the pipeline.
struct RunCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "run", abstract: "Run what has no result yet.",
      discussion: """
        Prints a line for each node that has ended, then a summary and the exported files. On a \
        terminal it shows what runs, and hits are only counted. The exit \
        status is 0, 1 if a task failed, 64 if the command line is wrong, 130 if it was interrupted. \
        To go on after a failure or an interrupt, give the same command again.
        """)
  }

  @OptionGroup var pipeline: P
  @OptionGroup var common: CommonOptions
  @OptionGroup var reporting: ReportingOptions

  func perform(in session: Session) async -> ExitStatus {
    await PipelineRun(common, reporting.detail, in: session).perform(pipeline)
  }
}
