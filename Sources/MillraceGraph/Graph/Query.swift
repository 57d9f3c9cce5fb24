/// Nodes of a graph that match a pattern, to say something of all of them.
///
/// ```swift
/// let graph = try pipeline.graph()
///   .query("train*").on(.dispatch(4))
///   .query("tag:flaky").retry(.times(3))
/// ```
///
/// A pattern is a ``Glob`` that a task's node matches with its name, with or without the suffix that
/// tells equal names apart; behind `tag:` it is one for tags. The nodes inside of a `ForEach` match by
/// the name they have there, and what is said holds for each copy.
///
/// Each method gives a new graph; the graph that was asked and its nodes stay as they are. Nothing of
/// it is part of a key, but ``cache(_:)`` decides where values are looked for.
public struct Query: Sendable {
  private let graph: Graph
  // Records are immutable, and the graph keeps them alive.
  nonisolated(unsafe) private let records: [UnsafePointer<NodeRecord>]
  /// The names of the matching nodes, in traversal order; inside of a `ForEach` without the element.
  public let names: [String]

  init(_ graph: Graph, _ pattern: String) throws {
    let traversal = Traversal(graph.leaves)
    let matches = try NodeMatches(pattern, in: traversal, NodeNames(traversal)).all
    self.graph = graph
    records = matches.map(\.record)
    names = matches.map(\.name)
  }

  /// Runs the nodes on a backend.
  public func on(_ backend: any BackendReference) -> Graph { with { $0.backend = backend } }

  /// Overrides the retry policies of the nodes.
  public func retry(_ policy: RetryPolicy) -> Graph { with { $0.retry = policy } }

  /// Overrides the time limits of the nodes.
  ///
  /// - Parameters:
  ///   - limit: For each node in all, from its first attempt's start; nil for no limit.
  ///   - perAttempt: For each attempt; nil for no limit of its own.
  public func timeout(_ limit: Duration, perAttempt: Duration? = nil) -> Graph {
    with { $0.timeout = .node(limit, perAttempt: perAttempt) }
  }

  /// Says what a failure of one of the nodes does to the rest of the run.
  public func onFailure(_ policy: FailurePolicy) -> Graph { with { $0.failure = policy } }

  /// Says what the bodies take of the run's pools; pools that are not named stay as they are.
  public func resources(_ amounts: [String: ResourceAmount]) -> Graph {
    with { $0.resources.merge(amounts) { $1 } }
  }

  /// Overrides the priorities of the nodes: of those that are ready, the highest number runs first.
  public func priority(_ priority: Int) -> Graph { with { $0.priority = priority } }

  /// Overrides the cache policies of the nodes.
  public func cache(_ policy: CachePolicy) -> Graph { with { $0.cache = policy } }

  /// Adds labels to those of the nodes.
  public func tagged(_ tags: String...) -> Graph {
    var said = NodeAttributes()
    said.tags = tags
    return with { $0.merge(said) }
  }

  /// Changes what modifiers say of the nodes.
  ///
  /// - Parameter change: Called for each node with what holds for it now, in traversal order.
  public func with(_ change: (inout NodeAttributes) -> Void) -> Graph {
    var copy = GraphCopy(graph)
    return copy.changing(records, change)
  }
}

extension Graph {
  /// The nodes that match a pattern, to say something of all of them; see ``Query``.
  ///
  /// - Parameter pattern: A glob for names, or behind `tag:` for tags.
  /// - Throws: ``PipelineError`` with code `unknownNode` if nothing matches; it names what is near.
  public func query(_ pattern: String) throws -> Query { try Query(self, pattern) }
}
