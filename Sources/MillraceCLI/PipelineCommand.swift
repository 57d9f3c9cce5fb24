public import ArgumentParser
public import Millrace

/// A pipeline that is an executable.
///
/// ```swift
/// import MillraceCLI
///
/// @main
/// struct FlightDelays: PipelineCommand {
///   @Option(help: "Folder of monthly CSV files.") var input = "Data"
///
///   var body: Graph {
///     $report($load(InputDirectory(input))).named("report").exported(as: "report.html")
///   }
/// }
/// ```
///
/// ```
/// FlightDelays --input Data          runs it; the same as `FlightDelays run --input Data`
/// FlightDelays plan --input Data     says what would run, and why
/// FlightDelays read report           shows a result
/// FlightDelays --help
/// ```
///
/// The pipeline's own options, flags and arguments work on `run` and `plan`. These are Millrace's,
/// and a pipeline that declares one of their names is refused: `--backend`, `--store`, `--profile`,
/// `--resource`, `--jobs`, `--memory`, `--keep-going` and `--no-keep-going`, `--seed`, `--json`,
/// `--fingerprint`, `--force`, `--only`, `--until`, `--format`, `--untracked`, `--reason`, `--quiet` and
/// `-q`, `--verbose` and `-v`.
///
/// An option goes before the variable `MILLRACE_BACKEND`, `MILLRACE_STORE`, `MILLRACE_RESOURCES` or
/// `MILLRACE_FINGERPRINT`, that before the profile of `millrace.json` that `--profile` or
/// `MILLRACE_PROFILE` names, that before the rest of the file, and all of them before the default.
///
/// The exit status is 0; 1 if a task failed or the results could not be written; 64 if the command
/// line is wrong; 130 if the run was interrupted, 143 if it was terminated. An interrupted run
/// starts nothing new and ends with every node in a true state; a second interrupt exits at once.
///
/// To have several pipelines in one executable, list them in a ``PipelineCatalog``.
///
/// Give `configuration` for an overview in the help, a version, or subcommands of your own; they
/// come beside Millrace's.
public protocol PipelineCommand: AsyncParsableCommand, Pipeline {
  /// How much there is of each pool that tasks request with `resources:`, where neither the command
  /// line, nor the environment, nor `millrace.json` says so. Empty by default.
  ///
  /// ```swift
  /// static var resourceLimits: [String: ResourceAmount] { ["gpu": 1, "memory": .gib(8)] }
  /// ```
  static var resourceLimits: [String: ResourceAmount] { get }
}

extension PipelineCommand {
  public static var resourceLimits: [String: ResourceAmount] { [:] }

  /// Runs the process's command line and exits.
  public static func main() async {
    await main(nil)
  }

  /// Runs a command line and exits.
  ///
  /// - Parameter arguments: Without the program's name; nil for the process's own.
  public static func main(_ arguments: [String]?) async {
    StandardStreams.surviveClosedPipes()
    await PipelineMain<Self>.run(
      arguments ?? Array(CommandLine.arguments.dropFirst()), in: .process()
    ).endProcess()
  }

  /// Runs the pipeline as the `run` command without options of its own does, for pipelines that are
  /// a subcommand of another command.
  ///
  /// - Throws: `ExitCode` if the run did not succeed; what went wrong has been printed.
  public mutating func run() async throws {
    let status = await PipelineRun(try CommonOptions.parse([]), in: .process()).perform(self)
    guard status == .success else { throw ExitCode(status.rawValue) }
  }
}
