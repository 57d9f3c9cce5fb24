import MillraceGraph

/// How many elements of a `ForEach` may be in flight, and the bodies that wait for their turn.
///
/// An element has a place from the start of a body of its copy until nothing of the copy is in flight.
/// What waits for something outside of the copy gives its place away, so no place is waited for in a
/// circle.
struct ElementGate {
  /// At least 1.
  var limit: Int
  /// Whether an element also keeps its place while its result waits to be combined by a `Reduce`.
  var streams: Bool
  /// The limit that was asked for; nil if it only bounds what waits for a `Reduce`.
  var demanded: Int?
  /// Positions of elements that have a place.
  var placed: Set<Int> = []
  /// Nodes whose bodies wait, earliest position first.
  var queue = PositionQueue()
}

// Bodies of a limited `ForEach` start only where their element gets a place.
extension RunState {
  /// Elements that a `Reduce` may leave waiting, where the list has no limit of its own: enough for the
  /// workers of most machines, and few enough to be held in memory.
  static let streamingLimit = 32

  /// The gate that a list's own limit, or a `Reduce` that takes its elements, asks for.
  mutating func addGate(to node: Int, limit: Int?) {
    var streams = false
    table.forEachConsumer(of: node) { edge, consumer in
      guard case .reduce = table.records[consumer].definition.kind,
        table.parameter(edge, of: consumer) == 0
      else { return }
      streams = true
    }
    guard limit != nil || streams else { return }
    gates[node] = ElementGate(
      limit: limit ?? Self.streamingLimit, streams: streams, demanded: limit)
  }

  /// The gates that a node is behind, from the innermost outwards.
  private func gates(of node: Int) -> [(gate: Int, element: Int)] {
    var levels: [(gate: Int, element: Int)] = []
    var next = node
    while let (owner, element) = table.instances[next] {
      if gates[owner] != nil { levels.append((owner, element)) }
      next = owner
    }
    return levels
  }

  /// Puts an action aside until its element has a place.
  ///
  /// - Returns: Whether the action is one of a limited element's.
  mutating func waitsAtGate(_ action: Action) -> Bool {
    guard case .execute(let node) = action, table.roles[node] != .twin,
      table.records[node].definition.isTask, let outermost = gates(of: node).last?.gate
    else { return false }
    gates[outermost]?.queue.push(node)
    changedGates.insert(outermost)
    return true
  }

  /// Counts an action of a limited element.
  mutating func depart(_ node: Int) {
    inFlight += 1
    guard !gates.isEmpty else { return }
    for level in gates(of: node) { flights[level.element, default: 0] += 1 }
  }

  /// Notes that an action has ended.
  mutating func land(_ node: Int) {
    inFlight -= 1
    guard !gates.isEmpty else { return }
    for level in gates(of: node) {
      // A gate is there before the copies, so every action of theirs was counted.
      flights[level.element, default: 1] -= 1
      if flights[level.element] == 0 {
        flights[level.element] = nil
        loosened.append(level)
      }
    }
  }

  /// Notes that a node's value is no longer in memory.
  mutating func loosen(_ node: Int) {
    loosened += gates(of: node)
  }

  /// Starts what may start, after everything that follows from a report was done.
  mutating func openGates() {
    while !isStopped {
      givePlacesBack()
      let changed = changedGates.sorted()
      changedGates = []
      for gate in changed { startWaiting(at: gate) }
      guard inFlight == 0 else { return }
      // Nothing is in flight and bodies wait: a `Reduce` cannot take the elements one by one, for
      // example as its task has no key before all of them are known. Then they need not wait for it.
      var isStuck = false
      for (node, gate) in gates where gate.streams && gate.queue.first != nil {
        isStuck = true
        gates[node]?.streams = false
        if gate.demanded == nil { gates[node]?.limit = .max }
        changedGates.insert(node)
        for element in gate.placed { loosened.append((node, element)) }
      }
      if !isStuck { return }
    }
  }

  private mutating func givePlacesBack() {
    while let (gate, element) = loosened.popLast() {
      guard flights[element] == nil, gates[gate]?.placed.contains(element) == true,
        !(gates[gate]?.streams == true && holdsResult(element, of: gate))
      else { continue }
      gates[gate]?.placed.remove(element)
      changedGates.insert(gate)
    }
  }

  /// Whether the result of an element's copy is in memory, and is the copy's own.
  private func holdsResult(_ element: Int, of forEach: Int) -> Bool {
    guard let expansion = expansions[forEach] else { return false }
    let index = (element - expansion.first) / expansion.stride
    let result = table.source(table.edges(of: forEach).lowerBound + 1 + index)
    return result > element && result < element + expansion.stride && isPresent[result]
  }

  private mutating func startWaiting(at gate: Int) {
    while let node = gates[gate]?.queue.first {
      let levels = gates(of: node)
      let closed = levels.last { level in
        guard let gate = gates[level.gate] else { return false }
        return gate.placed.count >= gate.limit && !gate.placed.contains(level.element)
      }
      if let closed {
        if closed.gate == gate { return }
        gates[gate]?.queue.removeFirst()
        gates[closed.gate]?.queue.push(node)
        continue
      }
      gates[gate]?.queue.removeFirst()
      for level in levels { gates[level.gate]?.placed.insert(level.element) }
      start(.execute(node))
    }
  }
}

/// Positions in ascending order: a binary heap.
struct PositionQueue {
  private var positions: [Int] = []

  var first: Int? { positions.first }

  mutating func push(_ position: Int) {
    positions.append(position)
    var child = positions.count - 1
    while child > 0, positions[child] < positions[(child - 1) / 2] {
      positions.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeFirst() {
    positions.swapAt(0, positions.count - 1)
    positions.removeLast()
    var parent = 0
    while 2 * parent + 1 < positions.count {
      let left = 2 * parent + 1
      let right = left + 1
      let child = right < positions.count && positions[right] < positions[left] ? right : left
      guard positions[child] < positions[parent] else { return }
      positions.swapAt(child, parent)
      parent = child
    }
  }
}
