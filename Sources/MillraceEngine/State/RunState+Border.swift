import MillraceGraph

/// The backends of a run whose bodies run in other processes, by number.
struct FarLanes: Sendable {
  var byName: [String: Int]
  /// That of nodes that name no backend; nil if they run in this process.
  var fallback: Int?
}

// In a run with other processes, a value that is present may be somewhere else than in its cell: in
// another process, encoded, or nowhere yet, as a view of values that are. It comes into its cell when a
// body of this process wants it. A view is a node that only puts others together or stands for one.
extension RunState {
  /// Where a node's body runs, if that is another process.
  func farLane(of node: Int) -> Int? {
    guard let farLanes, table.records[node].isTask, table.roles[node] != .twin else {
      return nil
    }
    guard let name = table.backend(of: node)?.name else { return farLanes.fallback }
    return farLanes.byName[name]
  }

  func isView(_ node: Int) -> Bool {
    table.roles[node] == .twin || table.records[node].definition.isView
  }

  /// What a view is made of, in the order in which its body reads it; below 0 for a constant.
  func parts(ofView node: Int) -> [Int] {
    let edges = table.edges(of: node)
    // A list is made of its elements' results alone.
    return (table.roles[node] == .forEach ? edges.dropFirst() : edges).map { table.source($0) }
  }

  /// The node whose value a view passes on as it is, or the node itself.
  func followed(_ node: Int) -> Int {
    var node = node
    while table.roles[node] == .deferred || table.roles[node] == .twin {
      node = table.source(table.edges(of: node).lowerBound)
    }
    return node
  }

  /// Whether the input that tells a node's others must come into its cell first.
  func hasSourceAway(_ node: Int) -> Bool { sourceAway(of: node) != nil }

  func sourceAway(of node: Int) -> Int? {
    guard !away.isEmpty else { return nil }
    let source = table.source(table.edges(of: node).lowerBound)
    guard source >= 0, away.contains(source) else { return nil }
    // A `Reduce` takes the copies of a `ForEach`, and not its list.
    if table.roles[source] == .forEach, case .reduce = table.records[node].definition.kind {
      return nil
    }
    return source
  }

  /// It was brought.
  mutating func brought(_ node: Int) {
    land(node)
    if phases[node] == .gatheringSource { learn(node) }
  }

  /// The inputs of a node that are not in their cells.
  func inputsAway(of node: Int) -> [Int] {
    guard !away.isEmpty else { return [] }
    return table.edges(of: node).map { table.source($0) }.filter { away.contains($0) }
  }

  /// A value that was made cannot be had any more.
  mutating func lost(_ node: Int) {
    phases[node] = .failed
    isPresent[node] = false
    away.remove(node)
  }

  mutating func takeDropped() -> [Int] {
    defer { if !dropped.isEmpty { dropped = [] } }
    return dropped
  }
}

/// What a body in another process reads: values that cross, and what is put together of them there.
indirect enum FarInput {
  case constant
  case value(Int)
  case made(UnsafePointer<NodeRecord>, [FarInput])

  /// Adds the nodes whose values it is made of.
  func collectValues(into nodes: inout Set<Int>) {
    switch self {
    case .constant: break
    case .value(let node): nodes.insert(node)
    case .made(_, let inputs): for input in inputs { input.collectValues(into: &nodes) }
    }
  }
}

extension RunState {
  func farInputs(of node: Int) -> [FarInput] {
    table.edges(of: node).map { farInput(table.source($0)) }
  }

  /// Recurses as deep as lists and members nest.
  private func farInput(_ source: Int) -> FarInput {
    guard source >= 0 else { return .constant }
    let node = followed(source)
    let record = table.records[node]
    if table.roles[node] == .constant { return .made(record, [.constant]) }
    guard isView(node) else { return .value(node) }
    return .made(record, parts(ofView: node).map { farInput($0) })
  }
}
