/// Collects the leaves of a graph: each statement that is a node is one.
///
/// `if`, `switch` and `for` are ordinary Swift, decided when the graph is built.
@resultBuilder
public enum GraphBuilder {
  public static func buildExpression<Value>(_ node: Node<Value>) -> Graph {
    Graph(leaves: [node.erased])
  }

  public static func buildExpression<Value>(_ nodes: [Node<Value>]) -> Graph {
    Graph(leaves: nodes.map(\.erased))
  }

  public static func buildExpression(_ graph: Graph) -> Graph { graph }

  /// Statements such as `print(…)` and assignments ask for nothing.
  public static func buildExpression(_ nothing: Void) -> Graph { Graph(leaves: []) }

  @_disfavoredOverload
  @available(
    *, unavailable,
    message: "not a node; mark the function '@Task' and call it as '$name(…)' here"
  )
  public static func buildExpression<Value>(_ value: Value) -> Graph { Graph(leaves: []) }

  public static func buildBlock(_ parts: Graph...) -> Graph {
    Graph(leaves: parts.flatMap(\.leaves))
  }

  public static func buildOptional(_ part: Graph?) -> Graph { part ?? Graph(leaves: []) }
  public static func buildEither(first part: Graph) -> Graph { part }
  public static func buildEither(second part: Graph) -> Graph { part }
  public static func buildArray(_ parts: [Graph]) -> Graph {
    Graph(leaves: parts.flatMap(\.leaves))
  }
  public static func buildLimitedAvailability(_ part: Graph) -> Graph { part }
}

/// A part of a graph that runs on one backend.
///
/// ```swift
/// let features = Block(on: .dispatch()) { $featurize(rows) }
/// ```
///
/// - Returns: What the closure returns, as a rule a node or a tuple of nodes.
public func Block<Result>(
  on backend: any BackendReference, _ content: () throws -> Result
) rethrows -> Result {
  try BuildScope.withPlace(NodePlace(backend: backend), content)
}

/// A part of a graph that runs on one backend, with leaves of its own.
@_disfavoredOverload
public func Block(
  on backend: any BackendReference, @GraphBuilder leaves content: () throws -> Graph
) rethrows -> Graph {
  try BuildScope.withPlace(NodePlace(backend: backend), content)
}
