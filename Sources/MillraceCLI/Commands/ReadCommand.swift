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
        be cut short. Text is shown as text, other values as JSON, and bytes as they are. Nothing is run.
        """)
  }

  @Argument(
    help: ArgumentHelp(
      "A node of this pipeline such as 'report', or 'pipeline/node'.", valueName: "name"))
  var name: String?

  @Flag(help: "Write the bytes as they are stored.")
  var raw = false

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("Write to a file, which is replaced as a whole.", valueName: "file"))
  var output: String?

  @OptionGroup var location: StoreLocation

  func validate() throws {
    guard name == nil else { return }
    if raw { throw ValidationError("'--raw' needs a name: give that of the result to write.") }
    if output != nil {
      throw ValidationError("'--output' needs a name: give that of the result to write.")
    }
  }

  func perform(in session: Session) -> ExitStatus {
    let console = session.console
    do {
      let choice = try location.choice(session.environment)
      guard case .folder(let path) = choice else {
        throw Settings.Problem(
          "A store in memory ends with its process, so there is nothing to read; give '--store PATH'."
        )
      }
      do {
        let reader = try ArtifactReader(path: path, pipeline: P.pipelineName, console: console)
        if let name {
          try reader.show(name, raw: raw, file: output)
        } else {
          reader.list()
        }
        return console.status
      } catch {
        console.complain("Error: \(Failures.sentence(error))")
        return .failure
      }
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
  }
}
