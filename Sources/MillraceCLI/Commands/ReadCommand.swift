import ArgumentParser
import Millrace
import MillraceStore

/// `read`: shows what the store has. It knows nothing of the pipeline but its name.
struct ReadCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "read", abstract: "Show a result, or list the names that there are.",
      discussion: """
        Without a name, lists the names that there are. The digits of a name such as 'train#3fa91c' may \
        be cut short. Text is shown as text, other values as JSON, and bytes as they are. Nothing is run. \
        With '--run' or '--at', shows what the name stood for then.
        """)
  }

  @Argument(
    help: ArgumentHelp(
      "A node of this pipeline such as 'report', or 'pipeline/node'.", valueName: "name"),
    completion: Completions.of(.names))
  var name: String?

  @Flag(help: "Write the bytes as they are stored.")
  var raw = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to a file, which is replaced as a whole.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(
    name: .customLong("run"), help: ArgumentHelp(RunSearch.help, valueName: "run"),
    completion: Completions.of(.runs))
  var chosenRun: String?

  @Option(
    help: ArgumentHelp(
      "A time such as '2026-11-01', '2026-11-01 14:05' or '2026-11-01T14:05:09Z'.",
      valueName: "time"),
    transform: { try TimeText($0) })
  var at: TimeText?

  @OptionGroup var location: StoreLocation

  func validate() throws {
    if chosenRun != nil && at != nil {
      throw ValidationError("'--run' and '--at' exclude each other: give one of them.")
    }
    guard name == nil else { return }
    if raw { throw ValidationError("'--raw' needs a name: give that of the result to write.") }
    if chosenRun != nil {
      throw ValidationError("'--run' needs a name: give that of the result to show.")
    }
    if output != nil {
      throw ValidationError("'--output' needs a name: give that of the result to write.")
    }
  }

  func perform(in session: Session) -> ExitStatus {
    StoreQuestion.answer(location, of: P.self, in: session) { question in
      let reader = ArtifactReader(question: question)
      guard let name else { return reader.list(at: at?.time) }
      let artifact =
        try chosenRun.map { try reader.find(name, inRun: $0) } ?? reader.find(name, at: at?.time)
      try reader.show(artifact, raw: raw, file: output)
    }
  }
}
