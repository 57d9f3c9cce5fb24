/// A node's name, which is made when somebody reads it: in a graph of many nodes that cost little, names
/// cost more than running them.
enum NodeLabel: Sendable {
  case text(String)
  /// A node of a run, by position.
  case node(Int, of: any NodeNaming)

  var name: String {
    switch self {
    case .text(let text): text
    case .node(let node, let run): run.name(of: node)
    }
  }

  /// Which of the run's nodes it is, without making its name; nil for one that has only a name.
  var position: Int? {
    switch self {
    case .text: nil
    case .node(let node, _): node
    }
  }
}

/// Who knows the names of nodes, also when the run is over.
protocol NodeNaming: AnyObject, Sendable {
  func name(of node: Int) -> String
  /// The name of a node's task.
  func taskName(of node: Int) -> String
}
