import ArgumentParser
import Millrace
import MillraceStore

/// `history`: the runs, or all that a name has stood for.
struct HistoryCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "history", abstract: "List the runs, or what a name has stood for.",
      discussion: """
        Without a name, lists the runs that did something, the latest first; a run that found everything \
        done is not recorded. With a name, lists each result that it has stood for, the latest first, and \
        in between what was invalidated or accepted.
        """)
  }

  @Argument(
    help: ArgumentHelp(
      "A node of this pipeline such as 'report', or 'pipeline/node'.", valueName: "name"),
    completion: Completions.of(.names))
  var name: String?

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var location: StoreLocation

  func perform(in session: Session) -> ExitStatus {
    StoreQuestion.answer(location, of: P.self, in: session) { question in
      if let name {
        let lines = NameHistory(try question.find(name).name, in: question.store)
        for line in json ? lines.json : lines.text { question.console.print(line) }
      } else {
        let lines = RunHistory(question.store, pipeline: question.pipeline)
        if lines.runs.isEmpty && !json {
          question.console.complain(
            "The store '\(question.store.place)' has no runs yet; run a pipeline first.")
        }
        for line in json ? lines.json : lines.text { question.console.print(line) }
      }
    }
  }
}
