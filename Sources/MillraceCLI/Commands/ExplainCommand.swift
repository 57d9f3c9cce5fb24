import ArgumentParser
import Millrace
import MillraceStore

/// `explain`: why a node ran, or did not.
struct ExplainCommand<P: PipelineCommand>: AsyncParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "explain", abstract: "Say why a node ran, or did not.",
      discussion: """
        Compares the parts of the node's key with those in the nearest earlier run, and prints what \
        differs, old and new, in this order: how keys are made, the task, its code, helpers, version, \
        output type, encoding, variables, seed, inputs. Values are shown as the first digits of their \
        digests. Of code, file and line are printed as well, of helpers those that they have in \
        this program. For an input that another node gave it says at which node the change began. What the \
        next run would do, and why, says 'plan'.
        """)
  }

  @Argument(
    help: ArgumentHelp("A node of this pipeline.", valueName: "node"),
    completion: Completions.of(.nodes))
  var node: String

  @Option(
    name: .customLong("run"), help: ArgumentHelp(RunSearch.help, valueName: "run"),
    completion: Completions.of(.runs))
  var chosenRun: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @OptionGroup var location: StoreLocation

  func perform(in session: Session) -> ExitStatus {
    StoreQuestion.answer(location, of: P.self, in: session) { question in
      let run = try chosenRun.map { text throws(PipelineError) in
        try RunSearch(store: question.store, pipeline: question.pipeline).find(text)
      }
      let pipeline = run?.pipeline ?? question.pipeline
      let explanation = try question.explanation(of: node, in: pipeline, run: run)
      let lines = ExplanationLines(explanation)
      for line in json ? [lines.json] : lines.text { question.console.print(line) }
    }
  }
}

extension StoreQuestion {
  fileprivate func explanation(
    of node: String, in pipeline: String, run: RunRecord?
  ) throws -> Explanation {
    if let found = try store.explain(node, of: pipeline, run: run?.id) { return found }
    // The digits of a name may be cut short, as for 'read'.
    let name = NameSearch.short(try nameOfNode(node, in: pipeline, run: run), in: pipeline)
    if let found = try store.explain(name, of: pipeline, run: run?.id) { return found }
    throw PipelineError(
      .unknownNode,
      "Run \(run?.id.shortForm ?? "'last'") recorded no node '\(node)'; 'history' lists the runs.")
  }

  /// The whole name of a node of a run.
  private func nameOfNode(_ text: String, in pipeline: String, run: RunRecord?) throws -> String {
    let runs = run.map { [$0] } ?? store.listedRuns(of: pipeline)
    guard !runs.isEmpty else {
      throw PipelineError(
        .unknownNode,
        "The store '\(store.place)' has no run of '\(pipeline)' that recorded its nodes; run it first."
      )
    }
    let names = try runs.prefix(1).flatMap {
      try store.view(of: $0.id)?.listing.nodes.map(\.name) ?? []
    }
    switch NameSearch.search(text, in: names) {
    case .found(let name): return name
    case .ambiguous(let names):
      let list = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
      throw PipelineError(
        .unknownNode, "'\(text)' is \(names.count) nodes: \(list). Name one of them.")
    case .unknown(let near):
      throw PipelineError(
        .unknownNode,
        "No run of '\(pipeline)' has a node '\(text)'.\(Self.hint(near)) 'history' lists the runs.")
    }
  }
}
