/// What a pipeline asks for: leaves, and through them every node that they need.
///
/// A graph is a value. It can be run many times, and its nodes can be used in other graphs.
public struct Graph: Sendable {
  /// The nodes that were asked for, in the order of their statements. What none of them needs does
  /// not run.
  public let leaves: [AnyNode]
  /// Who stands for nodes that the graph had before it was changed; nil if it never was.
  package let standIns: StandIns?

  public init(leaves: [AnyNode]) { self.init(leaves: leaves, standIns: nil) }

  init(leaves: [AnyNode], standIns: StandIns?) {
    self.leaves = leaves
    self.standIns = standIns
  }

  /// The handle that a node of the graph has after changes; any other handle stays as it is.
  package func current(_ node: AnyNode) -> AnyNode { standIns?[node] ?? node }

  /// Makes a graph of a builder's statements.
  public init(@GraphBuilder _ content: () throws -> Graph) rethrows {
    self = try Graph.building(content)
  }

  /// Calls `content` so that the nodes it makes share one arena.
  package static func building(_ content: () throws -> Graph) rethrows -> Graph {
    try BuildScope.withArena(content)
  }

  /// The nodes that need no other node, in creation order.
  public var roots: [GraphNode] { traversal().filter(\.inputs.isEmpty) }

  /// Every node that the leaves need, inputs before consumers, in creation order.
  ///
  /// The nodes inside of a `ForEach` are not among them: there is one copy for each element, and
  /// elements are known only in a run.
  ///
  /// - Complexity: O(*v* + *e*) for *v* nodes and *e* edges.
  public func traversal() -> [GraphNode] {
    let traversal = Traversal(leaves)
    let names = NodeNames(traversal)
    return traversal.records.enumerated().map { position, record in
      GraphNode(
        node: AnyNode(record), name: names[position],
        attributes: traversal.attributes[position] ?? NodeAttributes(),
        inputs: (0..<record.inputCount).filter { !record.isConstant($0) }
          .map { traversal.position(of: record.source($0)) },
        after: traversal.befores[position] ?? [])
    }
  }

  /// The nodes whose name matches a glob: `*` for any characters, `?` for one, `[a-z]` for one of
  /// some.
  public func nodes(matching glob: String) -> [GraphNode] {
    let pattern = Glob(glob)
    return traversal().filter { pattern.matches($0.name) }
  }
}

/// A node as a graph knows it: with the name and the attributes that hold there.
public struct GraphNode: Sendable {
  public let node: AnyNode
  /// The explicit name, or the task's; see ``Graph`` for how equal ones are told apart.
  public let name: String
  public let attributes: NodeAttributes
  /// Positions in ``Graph/traversal()`` of the nodes that give this node's inputs; a node that gives
  /// several stands there several times.
  public let inputs: [Int]
  /// Positions of the nodes that this one starts after without taking their values.
  public let after: [Int]

  public var task: TaskDefinition { node.task }
}
