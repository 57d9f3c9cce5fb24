import MillraceCoding
import MillraceGraph
public import MillraceStore

extension Plan {
  /// Vouches that a change does no harm: the latest result of a node stands for its new key too, so that
  /// it need not run.
  ///
  /// The acceptance stays in the history of the node's name, and in every explanation of it.
  ///
  /// - Parameters:
  ///   - name: A node of the plan.
  ///   - reason: Why, for the history.
  /// - Returns: The record that was made.
  /// - Throws: ``PipelineError`` with code `unknownNode` if the plan has no such node, and `misuse` if
  ///   there is nothing to accept; `StoreFailure` if the earlier result is missing or cannot be recorded
  ///   anew.
  @discardableResult
  public func accept(_ name: String, because reason: String) throws -> ArtifactRecord {
    guard let node = nodes.first(where: { $0.name == name }) else {
      let near = NameSuggestions.nearest(to: name, in: nodes.map(\.name)).first
      throw PipelineError(
        .unknownNode,
        "The plan has no node '\(name)'.\(near.map { " Did you mean '\($0)'?" } ?? "")", node: name)
    }
    func refuse(_ why: String) -> PipelineError {
      PipelineError(.misuse, "Node '\(name)' \(why)", node: name)
    }
    guard node.state != .hit else { throw refuse("has its result; there is nothing to accept.") }
    if case .waitsFor(let others)? = node.reason {
      throw refuse(
        "waits for '\(others.first ?? "")', so its key is not known yet; accept or run that first.")
    }
    guard case .changed? = node.reason, let key = node.key, let parts = node.encodedParts else {
      throw refuse(
        "has no earlier result that could stand for its key: \(node.reason?.description ?? "").")
    }
    let (store, pipeline) = (self.store, options.pipeline)
    guard let earlier = store.lastResult(ofName: "\(pipeline)/\(name)") else {
      throw refuse("has no earlier result that could stand for its key.")
    }
    // Somebody said that it does not count.
    guard store.find(earlier.key) != nil else {
      throw refuse("has a latest result that was invalidated; run it instead.")
    }
    return try store.accept(
      earlier, for: key, encodedParts: parts, node: name, pipeline: pipeline, reason: reason)
  }
}

extension ArtifactStore {
  /// The record of the result that a name stands for.
  func lastResult(ofName name: String) -> ArtifactRecord? {
    resolve(name).flatMap { binding in
      records(of: binding.key).first { $0.artifact == binding.artifact }
    }
  }

  /// How long the body took that made what a name stands for; nil if there is nothing.
  package func lastDuration(ofName name: String) -> Duration? {
    guard let nanoseconds = lastResult(ofName: name)?.durationNanoseconds, nanoseconds > 0 else {
      return nil
    }
    return .nanoseconds(Int64(clamping: nanoseconds))
  }
}
