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

  /// Lets tasks run although they have results. Where one gives the same bytes as before, what takes its
  /// value need not run.
  ///
  /// The earlier result stays until there is another, also if the task fails. Other bytes for the same key
  /// are reported: the task is not deterministic.
  ///
  /// - Parameter pattern: As for ``MillraceGraph/Graph/query(_:)``; all tasks by default.
  public mutating func force(_ pattern: String = "*") {
    query(pattern) { $0.isForced = true }
  }

  /// The graph as the queries want it, and the part of it that is asked for. They are done with then, since
  /// the graph remembers.
  mutating func applyQueries(to graph: Graph) throws -> Graph {
    defer { (queries, only, until) = ([], [], []) }
    var graph = try queries.reduce(graph) { try $0.query($1.pattern).with($1.change) }
    if !only.isEmpty { graph = try graph.only(only) }
    if !until.isEmpty { graph = try graph.until(until) }
    return graph
  }
}
