extension Graph {
  /// The graph that asks only for the nodes that match, and so for what they need.
  ///
  /// ```swift
  /// let part = try pipeline.graph().only("train*", "tag:report")
  /// ```
  ///
  /// Names stay as they are in the whole graph. A pattern that matches a node inside of a `ForEach` asks
  /// for all of the `ForEach`, since copies are known only in a run.
  ///
  /// - Parameter patterns: As for ``query(_:)``.
  /// - Throws: ``PipelineError`` with code `unknownNode` if one of them matches nothing.
  public func only(_ patterns: String...) throws -> Graph { try only(patterns) }

  /// The same of a list of patterns.
  public func only(_ patterns: [String]) throws -> Graph {
    let selection = try GraphSelection(self, patterns)
    return selection.asking(for: selection.matches)
  }

  /// The graph that ends at the nodes that match: it asks for them, and for those leaves that do not come
  /// after any of them.
  ///
  /// ```swift
  /// let prepared = try pipeline.graph().until("train*")   // trains, and neither evaluates nor reports
  /// ```
  ///
  /// - Parameter patterns: As for ``only(_:)-(String...)``.
  /// - Throws: As ``only(_:)-(String...)`` does.
  public func until(_ patterns: String...) throws -> Graph { try until(patterns) }

  /// The same of a list of patterns.
  public func until(_ patterns: [String]) throws -> Graph {
    let selection = try GraphSelection(self, patterns)
    return selection.asking(for: selection.matches.union(selection.leavesElsewhere))
  }
}

/// Nodes of a graph that are to be asked for.
private struct GraphSelection {
  private let graph: Graph
  private let traversal: Traversal
  private let names: NodeNames
  /// Positions of the nodes that match.
  let matches: Set<Int>

  init(_ graph: Graph, _ patterns: [String]) throws {
    self.graph = graph
    let traversal = Traversal(graph.leaves)
    let names = NodeNames(traversal)
    (self.traversal, self.names) = (traversal, names)
    matches = Set(
      try patterns.flatMap { try NodeMatches($0, in: traversal, names).all.map(\.position) })
  }

  /// The leaves that do not come after a match.
  var leavesElsewhere: [Int] {
    var isBehind = traversal.records.map { _ in false }
    for (position, record) in traversal.records.enumerated() {
      let sources = (0..<record.inputCount).filter { !record.isConstant($0) }
        .map { traversal.position(of: record.source($0)) }
      let before = sources + (traversal.befores[position] ?? [])
      isBehind[position] = before.contains { isBehind[$0] || matches.contains($0) }
    }
    return traversal.leaves.filter { !isBehind[$0] }
  }

  func asking(for positions: Set<Int>) -> Graph {
    var copy = GraphCopy(graph)
    // Suffixes tell equal names of a graph apart, and there may be fewer in a part of it.
    for (position, record) in traversal.records.enumerated() {
      let base = traversal.attributes[position]?.name ?? record.defaultName
      if names[position] != base { copy.name(record, names[position]) }
    }
    return copy.asking(for: positions.sorted().map { traversal.records[$0] })
  }
}
