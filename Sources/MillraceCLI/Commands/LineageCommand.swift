import ArgumentParser
import Millrace
import MillraceStore

/// `lineage`: what an artifact was made of.
struct LineageCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "lineage", abstract: "Show what a result was made of, back to its sources.",
      discussion: """
        Goes from what the name stands for back through the graph of the run that made it: each task with \
        the fingerprint of its code and where it stands, its parameters as the first digits of their \
        digests, the files that it read, and what other nodes gave.
        """)
  }

  @Argument(
    help: ArgumentHelp(
      "A node of this pipeline such as 'report', or 'pipeline/node'.", valueName: "name"),
    completion: Completions.of(.names))
  var name: String

  @Option(help: ArgumentHelp("How: 'text', 'json' or 'mermaid'.", valueName: "format"))
  var format = Format.text

  @OptionGroup var location: StoreLocation

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, mermaid }

  func perform(in session: Session) -> ExitStatus {
    StoreQuestion.answer(location, of: P.self, in: session) { question in
      let lines = LineageLines(try question.store.lineage(of: question.find(name)))
      let chosen =
        switch format {
        case .text: lines.text
        case .json: lines.json
        case .mermaid: lines.mermaid
        }
      for line in chosen { question.console.print(line) }
    }
  }
}
