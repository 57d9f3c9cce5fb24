extension Node {
  /// Starts the node only when other nodes have ended successfully. It takes no value from them, and
  /// its key does not depend on them.
  ///
  /// ```swift
  /// $migrate(database)
  /// $query(database).after($migrate(database))
  /// ```
  ///
  /// The others run if the node does. A node whose stored value is still right does not run, so it
  /// neither waits nor makes the others run. If one of them fails, the node is skipped. Only a task can
  /// be told so: a run refuses the order of a `ForEach`, a member or a list, and one that leads in a
  /// circle.
  public func after<each Other: Sendable>(_ others: repeat Node<each Other>) -> Node {
    var handles: [AnyNode] = []
    for other in repeat each others { handles.append(other.handle) }
    return after(handles)
  }

  /// Starts the node only when all nodes of a list have ended successfully.
  public func after<Other: Sendable>(_ others: [Node<Other>]) -> Node {
    after(others.map(\.handle))
  }

  private func after(_ others: [AnyNode]) -> Node { Node(handle.modified(nil, after: others)) }
}
