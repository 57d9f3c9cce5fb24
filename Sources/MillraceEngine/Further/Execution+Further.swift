import MillraceGraph
import MillraceStore
import Synchronization

extension Execution {
  /// Stores what a body made besides a value that is not stored itself.
  func keep(_ artifacts: [SavedArtifact], of node: Int, _ step: StepInput) throws {
    try keep(artifacts, of: node, task: step.definition.id.description)
  }

  /// The same for nodes that ran without a step of their own: on the short way, or as elements of a loop.
  /// Called when nothing runs any more.
  ///
  /// - Throws: ``PipelineError`` with code `output`.
  func keepRest() throws {
    for rest in shelf.takeRest() {
      settle()
      let task: String? = state.withLock { state in
        state.settleLoops()
        // Of one that may be tried more than once all was taken, and this came too late.
        guard state.reportState(rest.node) == .executed,
          !state.stepInput(rest.node).hasAttemptPolicy
        else { return nil }
        return state.table.records[rest.node].definition.id.description
      }
      guard let task else { continue }
      try keep(rest.artifacts, of: rest.node, task: task)
    }
  }

  private func keep(_ artifacts: [SavedArtifact], of node: Int, task: String) throws {
    guard options.determinismChecks == nil else { return }
    noteWork()
    let name = name(of: node)
    var facts = ArtifactFacts(codec: "", encodedParts: [], task: task, node: name, run: id)
    facts.pipeline = options.pipeline
    do {
      try store.save(artifacts, ofUnstored: facts)
    } catch {
      throw failureOfStoring(error, node: name)
    }
  }
}
