import ArgumentParser
import Millrace
import MillraceStore

/// `diff`: what is different between two runs.
struct DiffCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "diff", abstract: "Say what is different between two runs.",
      discussion: """
        Without runs, compares the last with the one before; with one run, that with the last. '+' is a \
        node that only the later run has, '-' one that only the earlier has, '~' one that differs, with \
        the parts of its key that do; 'same output' says that it gave the same bytes all the same.
        """)
  }

  @Argument(
    help: ArgumentHelp(RunSearch.help, valueName: "run"), completion: Completions.of(.runs))
  var old = "previous"

  @Argument(
    help: ArgumentHelp("A later one.", valueName: "run"), completion: Completions.of(.runs))
  var new = "last"

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var location: StoreLocation

  func perform(in session: Session) -> ExitStatus {
    StoreQuestion.answer(location, of: P.self, in: session) { question in
      let search = RunSearch(store: question.store, pipeline: question.pipeline)
      let (old, new) = (try search.find(old), try search.find(new))
      guard let difference = try question.store.difference(from: old.id, to: new.id) else {
        throw PipelineError(
          .misuse,
          "One of the runs \(old.id.shortForm) and \(new.id.shortForm) recorded nothing of its nodes, because it was killed or had nothing to store; choose others of 'history'."
        )
      }
      let lines = DifferenceLines(difference)
      for line in json ? lines.json : lines.text { question.console.print(line) }
    }
  }
}
