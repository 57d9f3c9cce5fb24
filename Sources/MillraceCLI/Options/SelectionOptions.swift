import ArgumentParser

/// Which nodes of a pipeline are asked for, and which run although they have results.
struct SelectionOptions: ParsableArguments {
  @Option(
    name: .customLong("force"), defaultAsFlag: "*",
    help: ArgumentHelp(
      """
      Run nodes that match, as 'train*' or 'tag:slow', although they have results; without a \
      pattern all of them. What takes their values runs only if these have changed.
      """, valueName: "pattern"),
    completion: Completions.of(.nodes))
  var forced: String?

  @Option(
    help: ArgumentHelp(
      "Ask only for nodes that match, and so for what they need; may be repeated.",
      valueName: "pattern"),
    completion: Completions.of(.nodes))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      """
      End at nodes that match: run them, and what does not come after them; may be repeated.
      """, valueName: "pattern"),
    completion: Completions.of(.nodes))
  var until: [String] = []
}
