import ArgumentParser
import Millrace
import MillraceGraph

/// `list`: says what nodes and tasks there are.
struct ListCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list", abstract: "List the pipeline's nodes and tasks.",
      discussion: """
        A line for each node with its task and tags, then one for each task with the place of its declaration, \
        the fingerprint of its own code and how many helpers are followed. Patterns of other verbs match these \
        names, and tags behind 'tag:'. Nothing is run, and no store is needed.
        """)
  }

  @OptionGroup var pipeline: P

  // Taken as by the verbs beside it, and not needed.
  @OptionGroup(visibility: .hidden) var location: StoreLocation

  @Flag(help: "Print one JSON object a line.")
  var json = false

  func perform(in session: Session) -> ExitStatus {
    let graph = pipeline.graph()
    let lines = TaskLines(GraphOutline(graph), tasks: graph.tasks)
    for line in json ? lines.json : lines.text { session.console.print(line) }
    return session.console.status
  }
}
