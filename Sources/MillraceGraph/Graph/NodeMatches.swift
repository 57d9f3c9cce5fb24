/// The task's nodes of a graph that match a pattern: a ``Glob`` for names, or behind `tag:` for tags.
struct NodeMatches {
  struct Match {
    var record: UnsafePointer<NodeRecord>
    /// Inside of a `ForEach` without the element.
    var name: String
    /// The position of the node, or of the outermost one that copies it.
    var position: Int
  }

  /// In traversal order; at least one.
  let all: [Match]

  /// - Throws: ``PipelineError`` with code `unknownNode` if nothing matches; it names what is near.
  init(_ pattern: String, in traversal: Traversal, _ names: NodeNames) throws {
    let matches = Self.matcher(pattern)
    var all: [Match] = []
    var known: Set<String> = []
    var position = 0
    traversal.forEachNode { node in
      position = node.position ?? position
      guard node.record.definition.isTask else { return }
      let name = node.position.map { names[$0] } ?? node.baseName
      let tags = node.record.definition.attributes.tags + (node.attributes?.tags ?? [])
      known.insert(node.baseName)
      known.formUnion(tags.map { "tag:\($0)" })
      guard matches([name, node.baseName], tags) else { return }
      all.append(Match(record: node.record, name: name, position: position))
    }
    guard !all.isEmpty else { throw Self.noMatch(pattern, known: known.sorted()) }
    self.all = all
  }

  private static func matcher(_ pattern: String) -> ([String], [String]) -> Bool {
    if pattern.hasPrefix("tag:") {
      let glob = Glob(String(pattern.dropFirst(4)))
      return { _, tags in tags.contains(where: glob.matches) }
    }
    let glob = Glob(pattern)
    return { names, _ in names.contains(where: glob.matches) }
  }

  private static func noMatch(_ pattern: String, known: [String]) -> PipelineError {
    let letters = pattern.filter { !"*?[]".contains($0) }
    let near = NameSuggestions.nearest(to: letters, in: known).map { "'\($0)'" }
    let advice =
      near.isEmpty
      ? "'graph.traversal()', or the verb 'list', shows the names"
      : "did you mean \(near.joined(separator: ", "))?"
    return PipelineError(.unknownNode, "No task's node matches '\(pattern)'; \(advice)")
  }
}
