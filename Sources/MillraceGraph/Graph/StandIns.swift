/// Who stands for a node in a graph that was changed.
///
/// Records never change, so a changed graph is made of copies. Handles of the nodes that it was made
/// from go on to mean something there: the copy, or what replaced it.
package final class StandIns: Sendable {
  // The keys keep the arenas of old records alive, so that no new record gets the address of one.
  private let nodes: [AnyNode: AnyNode]

  init(_ nodes: [AnyNode: AnyNode]) { self.nodes = nodes }

  /// Those of several graphs; of one node the first graph's.
  convenience init?(joining all: [StandIns?]) {
    let all = all.compactMap(\.self)
    guard let first = all.first else { return nil }
    self.init(all.dropFirst().reduce(first.nodes) { $0.merging($1.nodes) { first, _ in first } })
  }

  /// Those of a graph that was copied again.
  ///
  /// - Parameter copies: What became of that graph's nodes.
  convenience init(_ earlier: StandIns?, copies: [UnsafePointer<NodeRecord>: AnyNode]) {
    var nodes: [AnyNode: AnyNode] = [:]
    for (node, copy) in copies { nodes[AnyNode(node)] = copy }
    for (node, standIn) in earlier?.nodes ?? [:] where nodes[node] == nil {
      nodes[node] = copies[standIn.record.original]
    }
    self.init(nodes)
  }

  subscript(node: AnyNode) -> AnyNode? { nodes[node] }

  func node(for record: UnsafePointer<NodeRecord>) -> UnsafePointer<NodeRecord>? {
    nodes[AnyNode(record)]?.record
  }
}
