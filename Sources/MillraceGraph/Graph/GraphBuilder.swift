/// Collects the leaves of a graph: each statement that is a node is one.
///
/// `if`, `switch` and `for` are ordinary Swift, decided when the graph is built.
@resultBuilder
public enum GraphBuilder {
  public static func buildExpression<Value>(_ node: Node<Value>) -> Graph {
    Graph(leaves: [node.erased])
  }

  public static func buildExpression<Value>(_ nodes: [Node<Value>]) -> Graph {
    Graph(leaves: nodes.map { $0.erased })
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
    joined(parts)
  }

  public static func buildOptional(_ part: Graph?) -> Graph { part ?? Graph(leaves: []) }
  public static func buildEither(first part: Graph) -> Graph { part }
  public static func buildEither(second part: Graph) -> Graph { part }
  public static func buildArray(_ parts: [Graph]) -> Graph {
    joined(parts)
  }
  public static func buildLimitedAvailability(_ part: Graph) -> Graph { part }

  private static func joined(_ parts: [Graph]) -> Graph {
    var leaves: [AnyNode] = []
    for part in parts {
      // Not copied where one statement has them all.
      if leaves.isEmpty { leaves = part.leaves } else { leaves += part.leaves }
    }
    return Graph(leaves: leaves, standIns: StandIns(joining: parts.map(\.standIns)))
  }
}
