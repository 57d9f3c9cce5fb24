/// Makes a graph that differs from another: the same nodes with other inputs or other attributes.
///
/// Nodes are shared by graphs and never change, so each of them is copied, into one arena and in its
/// old order. A copy has the definition, the constants and the block of its original, so its name and
/// its key change only where its inputs do.
struct GraphCopy {
  private let graph: Graph
  private let traversal: Traversal
  private let arena = NodeArena(firstChunk: 512)
  /// Every node of the graph, those in templates included.
  private let present: Set<UnsafePointer<NodeRecord>>
  private var attributes: [UnsafePointer<NodeRecord>: NodeAttributes]
  /// What nodes start after, without its value.
  private var befores: [UnsafePointer<NodeRecord>: [UnsafePointer<NodeRecord>]] = [:]
  /// What consumers of a node are given.
  private var copies: [UnsafePointer<NodeRecord>: AnyNode] = [:]

  /// - Parameter added: A node that is to be copied as well, though no leaf needs it.
  init(_ graph: Graph, adding added: AnyNode? = nil) {
    self.graph = graph
    traversal = Traversal(graph.leaves + (added.map { [$0] } ?? []))
    var present: Set<UnsafePointer<NodeRecord>> = []
    var attributes: [UnsafePointer<NodeRecord>: NodeAttributes] = [:]
    let own = added == nil ? traversal : Traversal(graph.leaves)
    own.forEachNode { node in present.insert(node.record) }
    traversal.forEachNode { attributes[$0.record] = $0.attributes }
    if let standIns = graph.standIns {
      // What the added node says of an old handle, it says of who stands for it now.
      for (node, said) in attributes where !present.contains(node) {
        guard let now = standIns.node(for: node)?.original else { continue }
        attributes[now, default: NodeAttributes()].merge(said)
      }
    }
    self.present = present
    self.attributes = attributes
    traversal.forEachNode { node in
      if let position = node.position, let before = traversal.befores[position] {
        befores[node.record] = before.map { traversal.records[$0] }
      }
      if let template = node.record.definition.template {
        befores.merge(template.befores) { $1 }
      }
    }
  }

  /// Whether a node is in the graph, or another stands for it.
  func contains(_ node: AnyNode) -> Bool { present.contains(resolved(node.record)) }

  /// The graph with changed attributes.
  mutating func changing(
    _ nodes: [UnsafePointer<NodeRecord>], _ change: (inout NodeAttributes) -> Void
  ) -> Graph {
    for node in nodes { change(&attributes[node, default: NodeAttributes()]) }
    return finish()
  }

  /// Gives a node a name.
  mutating func name(_ node: UnsafePointer<NodeRecord>, _ name: String) {
    attributes[node, default: NodeAttributes()].name = name
  }

  /// The graph that asks for these nodes instead of its leaves.
  mutating func asking(for nodes: [UnsafePointer<NodeRecord>]) -> Graph {
    finish(nodes.map { AnyNode($0) })
  }

  /// The graph in which another node gives what one gave.
  mutating func replacing(_ old: AnyNode, with new: AnyNode) -> Graph {
    let (old, new) = (resolved(old.record), resolved(new.record))
    // First the new node and all it needs, with inputs as they are, so that it may need the old one.
    copyWithNeeds(new)
    copies[old] = copies[new]
    return finish()
  }

  /// - Parameter leaves: Nil for the graph's own.
  private mutating func finish(_ leaves: [AnyNode]? = nil) -> Graph {
    for record in traversal.records where present.contains(record) { copyWithNeeds(record) }
    return Graph(
      leaves: (leaves ?? graph.leaves).map { input($0.record) },
      standIns: StandIns(graph.standIns, copies: copies))
  }

  /// The node that an old handle means in the graph.
  private func resolved(_ record: UnsafePointer<NodeRecord>) -> UnsafePointer<NodeRecord> {
    let record = record.original
    if present.contains(record) { return record }
    return graph.standIns?.node(for: record)?.original ?? record
  }

  /// What a consumer of a node is given; the node was copied before its consumers.
  private func input(_ record: UnsafePointer<NodeRecord>) -> AnyNode {
    copies[resolved(record)] ?? AnyNode(record)
  }

  /// Copies a node behind its inputs and behind what it starts after.
  private mutating func copyWithNeeds(_ record: UnsafePointer<NodeRecord>) {
    var begun: Set<UnsafePointer<NodeRecord>> = []
    var pending = [record]
    while let next = pending.last {
      // In a circle of orders a node that was begun is met again; it goes on without what is missing.
      let missing = begun.insert(next).inserted ? needs(of: next).filter { copies[$0] == nil } : []
      if missing.isEmpty {
        pending.removeLast()
        copy(next)
      } else {
        pending.append(contentsOf: missing.reversed())
      }
    }
  }

  private func needs(of record: UnsafePointer<NodeRecord>) -> [UnsafePointer<NodeRecord>] {
    let sources = (0..<record.inputCount).filter { !record.isConstant($0) }
      .map { record.source($0) }
    return (sources + (befores[record] ?? [])).map(resolved)
  }

  private mutating func copy(_ record: UnsafePointer<NodeRecord>) {
    guard copies[record] == nil else { return }
    if let template = record.definition.template {
      copies[record] = copy(record, template)
    } else {
      let node = call(record, record.definition) { call in
        for input in 0..<record.inputCount { bind(input, of: record, to: &call) }
      }
      copies[record] = annotated(node, record)
    }
  }

  /// - Complexity: Recurses as deep as templates nest.
  private mutating func copy(
    _ record: UnsafePointer<NodeRecord>, _ template: ForEachTemplate
  ) -> AnyNode {
    copy(template.element)
    if let accumulated = template.accumulated { copy(accumulated) }
    for node in template.nodes { copyWithNeeds(node) }
    let copied = ForEachTemplate(template) { input($0).record }
    let definition = TaskDefinition(record.definition, around: copied)
    let own = definition.parameters.count
    let node = call(record, definition, inputs: own + copied.captures.count) { call in
      for input in 0..<own { bind(input, of: record, to: &call) }
      for capture in copied.captures { call.bind(AnyNode(capture)) }
    }
    return annotated(node, record)
  }

  private func bind(
    _ index: Int, of record: UnsafePointer<NodeRecord>, to call: inout TaskCall
  ) {
    if record.isConstant(index) {
      call.bind(copying: record.cell(index), as: record.definition.parameters[index].type)
    } else {
      call.bind(input(record.source(index)))
    }
  }

  private func annotated(_ node: AnyNode, _ record: UnsafePointer<NodeRecord>) -> AnyNode {
    if record.isMethod { arena.calls.append(node.record, on: node.record.instance) }
    let befores = befores[record] ?? []
    guard attributes[record] != nil || !befores.isEmpty else { return node }
    return BuildScope.with(arena: arena, place: nil) {
      var call = TaskCall(
        .modified, inputs: 1 + befores.count,
        attributes: attributes[record].map(NodeAttributesBox.init))
      call.bind(node)
      // A node that was to wait for itself by way of others waits for itself, which a run refuses.
      for before in befores { call.bind(copies[resolved(before)] ?? node) }
      return call.finish()
    }
  }

  private func call(
    _ record: UnsafePointer<NodeRecord>, _ definition: TaskDefinition, inputs: Int? = nil,
    _ bind: (inout TaskCall) -> Void
  ) -> AnyNode {
    BuildScope.with(arena: arena, place: record.place) {
      var call = TaskCall(definition, inputs: inputs ?? record.inputCount)
      bind(&call)
      // What is said of its sub-pipeline is among its attributes.
      return call.finishAlone()
    }
  }
}

extension TaskCall {
  /// Binds the next parameter to a copy of another node's constant.
  fileprivate mutating func bind(copying cell: UnsafeRawPointer, as type: ValueType) {
    type.copy(cell, to: nextCell)
    record.pointee.constants |= 1 << UInt64(bound)
    if !type.isTrivial { noteConstant() }
    bound += 1
  }
}
