import ArgumentParser
import Millrace
import MillraceStore

/// `invalidate`: makes nodes run again.
struct InvalidateCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "invalidate", abstract: "Forget results, so that the next run makes them anew.",
      discussion: """
        Every result that a matching name has ever stood for counts no longer. Nothing is removed: the \
        invalidation is recorded, and 'history' shows it.
        """)
  }

  @Argument(
    help: ArgumentHelp(
      "Nodes of this pipeline, as 'report' or 'train*'; '*' is all of them.", valueName: "pattern"),
    completion: Completions.of(.nodes))
  var pattern: String

  @Option(help: ArgumentHelp("Why, for the history.", valueName: "text"))
  var reason = "invalidated by hand"

  @Flag(help: "Print one JSON object a line.")
  var json = false

  @OptionGroup var location: StoreLocation

  func perform(in session: Session) -> ExitStatus {
    StoreQuestion.answer(location, of: P.self, in: session, writes: true) { question in
      let own = "\(question.pipeline)/"
      var bindings = question.store.names(matching: own + pattern)
      if bindings.isEmpty { bindings = [try question.find(pattern)] }
      var total = 0
      for binding in bindings {
        let count = try question.store.invalidate(name: binding.name, reason: reason)
        total += count
        if json {
          var line = JSONLine(event: "invalidated")
          line.add("name", binding.name)
          line.add("results", count)
          question.console.print(line.text)
        } else {
          question.console.print(
            "\(question.short(binding.name)): \(Amounts.count(count, "result")) invalidated")
        }
      }
      if total == 0 && !json {
        question.console.complain("Nothing counted any more; there was nothing to invalidate.")
      }
    }
  }
}
