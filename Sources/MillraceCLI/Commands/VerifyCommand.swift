import ArgumentParser
import MillraceStore

/// `verify`: reads all that the store has, and says what is broken.
struct VerifyCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "verify", abstract: "Check every byte of the store.",
      discussion: """
        Prints a line for each problem, then a summary. The exit status is 0 if nothing is wrong, or \
        nothing any more, and 1 otherwise. What is broken counts as not stored anyway; '--repair' removes \
        it, and what is whole stays.
        """)
  }

  @Flag(help: "Remove what is broken.")
  var repair = false

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var location: StoreLocation

  func perform(in session: Session) -> ExitStatus {
    let console = session.console
    let path: String
    do {
      path = try location.folder(session.environment, purpose: "verify")
    } catch {
      console.complain("Error: \(error)")
      return .usage
    }
    do {
      // A store that is not there is not made.
      var store = try ArtifactStore.open(at: path, readOnly: true)
      if repair { store = try .open(at: path) }
      let report = try store.verify(repairing: repair)
      let lines = VerificationLines(report, isRepairing: repair)
      for line in json ? lines.json : lines.text { console.print(line) }
      return report.remaining.isEmpty ? console.status : .failure
    } catch {
      if json { console.print(JSONLine.error(error).text) }
      console.complain("Error: \(Failures.sentence(error))")
      return .failure
    }
  }
}
