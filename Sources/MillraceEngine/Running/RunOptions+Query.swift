public import MillraceGraph

/// What a run's options say of the nodes that match a pattern.
struct RunQuery: Sendable {
  let pattern: String
  let change: @Sendable (inout NodeAttributes) -> Void
}

extension RunOptions {
  /// Says something of the nodes that match a pattern, for this run.
  ///
  /// ```swift
  /// options.query("train*") { $0.backend = .dispatch(4) }
  /// options.query("tag:flaky") { $0.retry = .times(3) }
  /// ```
  ///
  /// What was said before, in the pipeline or by an earlier query, stays where `change` leaves it.
  /// Planning throws ``PipelineError`` with code `unknownNode` if nothing matches.
  ///
  /// - Parameters:
  ///   - pattern: As for ``MillraceGraph/Graph/query(_:)``.
  ///   - change: Called for each node with what holds for it.
  public mutating func query(
    _ pattern: String, _ change: @escaping @Sendable (inout NodeAttributes) -> Void
  ) {
    queries.append(RunQuery(pattern: pattern, change: change))
  }

  /// The graph as the queries want it. They are done with then, since the graph remembers.
  mutating func applyQueries(to graph: Graph) throws -> Graph {
    defer { queries = [] }
    return try queries.reduce(graph) { try $0.query($1.pattern).with($1.change) }
  }
}
