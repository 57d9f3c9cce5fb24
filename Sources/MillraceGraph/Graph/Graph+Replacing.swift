extension Graph {
  /// The graph in which every consumer of a node takes another instead, also inside of `ForEach`es.
  ///
  /// ```swift
  /// let tested = graph.replacing(rows, with: [Row(1), Row(2)])     // a stub
  /// let logged = graph.replacing(model, with: $log(model))        // a wrapper
  /// ```
  ///
  /// What the replacement itself needs stays as it is, so it may be made from the node that it
  /// replaces. A replaced leaf is the replacement from then on. Consumers are keyed by the
  /// replacement: one of equal bytes leaves them hits. A node that no leaf needs replaces nothing.
  ///
  /// This graph and its nodes stay unchanged. In the new one a handle means what stands for it, so
  /// that `result.value(of: rows)` and further replacements take the handles you have.
  ///
  /// - Parameters:
  ///   - node: A node of this graph.
  ///   - replacement: A node or constant of the same type. Its name and exports are its own; those of
  ///     `node` go with it.
  /// - Complexity: O(*v* + *e*): the nodes are copied.
  @_disfavoredOverload
  public func replacing<Value: Sendable>(
    _ node: Node<Value>, with replacement: some TaskInput<Value>
  ) -> Graph {
    let replacement = BuildScope.with(arena: NodeArena(firstChunk: 128), place: nil) {
      replacement.__input.node
    }
    if replacement.handle == node.handle { return self }
    var copy = GraphCopy(self, adding: replacement.handle)
    guard copy.contains(node.handle) else { return self }
    return copy.replacing(node.handle, with: replacement.handle)
  }

  /// The graph in which every consumer of a node takes a value instead; see
  /// ``replacing(_:with:)-(_,TaskInput<Value>)``.
  ///
  /// - Parameter value: Consumers have a key only if it can be encoded.
  public func replacing<Value: Sendable>(_ node: Node<Value>, with value: Value) -> Graph {
    replacing(node, with: Constant(value))
  }
}
