import MillraceGraph

extension Flow {
  /// The flow of a graph whose nodes make up one arena, made in one walk through its memory, without any
  /// table of nodes: places in the arena are the nodes' positions.
  ///
  /// - Parameter keptFrom: Which leaf is the first whose value is kept; those behind it are too.
  /// - Returns: Nil if some node lies elsewhere, is not needed by a leaf, has something said of it, or
  ///   needs more than a ``Flow`` does.
  convenience init?(arenaOf leaves: [AnyNode], keptFrom: Int) {
    guard let arena = leaves.first?.arena, arena.isSealed,
      leaves.allSatisfy({ $0.arena === arena })
    else { return nil }
    var draft = FlowDraft(capacity: Int(arena.count))
    // Every node is needed if each has a consumer or is a leaf, because consumers are younger.
    var unconsumed = 0
    let isFit = arena.chunks.allSatisfy { chunk in
      draft.append(chunk, &unconsumed)
    }
    let slots = draft.slots
    let positions = leaves.indices.map { place in
      (node: Int(leaves[place].record.pointee.index), isKept: place >= keptFrom)
    }
    // A leaf may be named twice.
    var unconsumedLeaves = 0
    for leaf in positions where isFit && !(slots + leaf.node).isConsumed {
      (slots + leaf.node).isConsumed = true
      unconsumedLeaves += 1
    }
    guard isFit, unconsumed == unconsumedLeaves else {
      slots.deallocate()
      return nil
    }
    self.init(
      draft, edges: nil, arena: arena, handles: leaves, leaves: positions)
  }

  /// The flow of any other graph.
  ///
  /// - Parameter handles: The leaves themselves, which keep all nodes alive.
  /// - Returns: Nil if the graph needs more than this.
  convenience init?(
    _ table: borrowing NodeTable, of handles: [AnyNode], leaves: [(node: Int, isKept: Bool)]
  ) {
    guard table.befores.isEmpty, table.attributes.values.allSatisfy(\.isPlain) else { return nil }
    var draft = FlowDraft(capacity: table.count)
    let (firstInput, sources) = (table.firstInput, table.sources)
    for node in 0..<table.count {
      let record = table.records[node]
      let first = Int(firstInput[node])
      let isFit =
        record.place?.backend == nil
        && draft.append(record, role: table.roles[node]) { body in
          for edge in first..<first + record.inputCount where sources[edge] >= 0 {
            body(Int(sources[edge]))
          }
        }
      guard isFit else {
        draft.slots.deallocate()
        return nil
      }
    }
    self.init(
      draft, edges: Edges(first: firstInput, sources: sources), arena: nil, handles: handles,
      leaves: leaves)
  }
}

extension FlowDraft {
  /// Adds the nodes of a chunk.
  ///
  /// - Parameter unconsumed: How many nodes have no consumer so far.
  /// - Returns: Whether all of them can go the short way.
  fileprivate mutating func append(_ chunk: NodeArena.Chunk, _ unconsumed: inout Int) -> Bool {
    var group: UnsafePointer<NodeGroup>?
    let slots = slots
    return chunk.allSatisfy { record in
      if record.pointee.group != group {
        guard record.pointee.group.pointee.isPlain else { return false }
        group = record.pointee.group
      }
      unconsumed += 1
      for input in 0..<record.inputCount where !record.isConstant(input) {
        let source = Int(record.sourceIndex(input))
        guard source >= 0 else { return false }
        if !(slots + source).isConsumed {
          (slots + source).isConsumed = true
          unconsumed -= 1
        }
      }
      return append(record) { body in
        for input in 0..<record.inputCount where !record.isConstant(input) {
          body(Int(record.sourceIndex(input)))
        }
      }
    }
  }
}
