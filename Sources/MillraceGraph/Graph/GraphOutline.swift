/// A graph as pictures and lists show it: its tasks and choices, and what goes from one to the other.
///
/// Constants, lists of nodes and members of values are left out; what they pass on goes straight from who
/// makes it to who takes it. A task inside of a `ForEach`, `Reduce` or `Repeat` is there once, in a region.
package struct GraphOutline: Sendable {
  package enum Shape: String, Sendable {
    case task
    /// A task that makes an actor's instance.
    case instance
    /// A choice between two nodes.
    case when
  }

  package struct Node: Sendable {
    package var name: String
    package var shape: Shape
    /// Nil for a choice.
    package var task: TaskDefinition?
    package var attributes: NodeAttributes
    /// The backend of its block, or what a modifier says; nil for the run's.
    package var backend: String?
    /// The place of its region in ``regions``; nil outside of any.
    package var region: Int?
    package var isLeaf: Bool
  }

  package struct Edge: Hashable, Sendable {
    package var source: Int
    package var target: Int
    /// The parameter; empty where nothing goes but an order.
    package var label: String
  }

  /// A part that a run copies.
  package struct Region: Sendable {
    package enum Kind: String, Sendable { case forEach, reduce, `repeat` }
    package var kind: Kind
    package var outer: Int?
  }

  package private(set) var nodes: [Node] = []
  package private(set) var edges: [Edge] = []
  package private(set) var regions: [Region] = []

  // Of the graph's own records, for as long as it is walked through.
  private nonisolated(unsafe) var places: [UnsafePointer<NodeRecord>: Int] = [:]
  private nonisolated(unsafe) var standIns:
    [UnsafePointer<NodeRecord>: (node: UnsafePointer<NodeRecord>, input: Int)] = [:]

  /// - Complexity: O(*v* + *e*), where lists of nodes count with all of their elements for each consumer.
  package init(_ graph: Graph) {
    let traversal = Traversal(graph.leaves, standIns: graph.standIns)
    let names = NodeNames(traversal)
    let leaves = Set(traversal.leaves)
    var order: [UnsafePointer<NodeRecord>: [UnsafePointer<NodeRecord>]] = [:]
    for (position, before) in traversal.befores {
      order[traversal.records[position]] = before.map { traversal.records[$0] }
    }
    var visits: [UnsafePointer<NodeRecord>] = []
    var regionsOfNodes: [UnsafePointer<NodeRecord>: Int] = [:]
    traversal.forEachNode { visit in
      let record = visit.record
      visits.append(record)
      let region = regionsOfNodes[record]
      if let template = record.definition.template {
        add(template, of: record, in: region, &regionsOfNodes, &order)
      }
      guard let shape = Shape(record.shape) else { return }
      places[record] = nodes.count
      nodes.append(
        Node(
          name: visit.position.map { names[$0] } ?? visit.baseName, shape: shape,
          task: shape == .when ? nil : record.definition,
          attributes: visit.attributes ?? NodeAttributes(),
          backend: (visit.attributes?.backend ?? record.place?.backend)?.name, region: region,
          isLeaf: visit.position.map(leaves.contains) ?? false))
    }
    for record in visits { addEdges(to: record, order[record] ?? []) }
    (places, standIns) = ([:], [:])
  }

  private mutating func add(
    _ template: ForEachTemplate, of record: UnsafePointer<NodeRecord>, in region: Int?,
    _ regionsOfNodes: inout [UnsafePointer<NodeRecord>: Int],
    _ order: inout [UnsafePointer<NodeRecord>: [UnsafePointer<NodeRecord>]]
  ) {
    guard let kind = Region.Kind(record.shape) else { return }
    regions.append(Region(kind: kind, outer: region))
    for node in template.nodes { regionsOfNodes[node] = regions.count - 1 }
    standIns[template.element] = (record, 0)
    if let accumulated = template.accumulated { standIns[accumulated] = (record, 1) }
    order.merge(template.befores) { $1 }
  }

  private mutating func addEdges(
    to record: UnsafePointer<NodeRecord>, _ befores: [UnsafePointer<NodeRecord>]
  ) {
    guard let target = places[record] else { return }
    var seen: Set<Edge> = []
    func add(_ source: Int, _ label: String, to edges: inout [Edge]) {
      let edge = Edge(source: source, target: target, label: label)
      if source != target, seen.insert(edge).inserted { edges.append(edge) }
    }
    for input in 0..<record.inputCount where !record.isConstant(input) {
      let parameters = record.definition.parameters
      let label = input < parameters.count ? parameters[input].name : ""
      for source in makers(of: record.source(input)) { add(source, label, to: &edges) }
    }
    for before in befores {
      for source in makers(of: before) { add(source, "", to: &edges) }
    }
  }

  /// The nodes whose values a record stands for or passes on.
  private func makers(of record: UnsafePointer<NodeRecord>) -> [Int] {
    var found: [Int] = []
    var seen: Set<UnsafePointer<NodeRecord>> = []
    var pending = [record.original]
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if let place = places[next] {
        found.append(place)
      } else if let template = next.definition.template {
        pending.append(template.result.original)
      } else if let (list, input) = standIns[next] {
        // From the list, or from where rounds begin.
        if !list.isConstant(input) { pending.append(list.source(input).original) }
      } else {
        for input in (0..<next.inputCount).reversed() where !next.isConstant(input) {
          pending.append(next.source(input).original)
        }
      }
    }
    return found
  }
}

extension GraphOutline.Shape {
  fileprivate init?(_ shape: TaskDefinition.Shape) {
    switch shape {
    case .task, .method: self = .task
    case .instance: self = .instance
    case .when: self = .when
    default: return nil
    }
  }
}

extension GraphOutline.Region.Kind {
  fileprivate init?(_ shape: TaskDefinition.Shape) {
    switch shape {
    case .forEach: self = .forEach
    case .reduce: self = .reduce
    case .repeat: self = .repeat
    default: return nil
    }
  }
}
