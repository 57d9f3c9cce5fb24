extension Traversal {
  /// A node of a graph, or of a template in it.
  package struct Visit {
    package let record: UnsafePointer<NodeRecord>
    package let attributes: NodeAttributes?
    /// The position of a node that is in no template.
    package let position: Int?

    /// The name that the node was given, or its task's; without a suffix.
    package var baseName: String { attributes?.name ?? record.defaultName }
  }

  /// Calls `body` with each node in order; those of a template follow the node that copies it.
  ///
  /// What stands for elements is left out.
  ///
  /// - Complexity: O(*v*). It recurses as deep as templates nest.
  package func forEachNode(_ body: (Visit) throws -> Void) rethrows {
    for (position, record) in records.enumerated() {
      try body(
        Visit(
          record: record, attributes: attributes.isEmpty ? nil : attributes[position],
          position: position))
      if let template = record.definition.template { try visit(template, body) }
    }
  }

  private func visit(
    _ template: ForEachTemplate, _ body: (Visit) throws -> Void
  ) rethrows {
    for record in template.nodes {
      try body(Visit(record: record, attributes: template.attributes[record], position: nil))
      if let inner = record.definition.template { try visit(inner, body) }
    }
  }
}
