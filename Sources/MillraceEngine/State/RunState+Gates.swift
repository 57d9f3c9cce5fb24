import MillraceGraph

/// How many elements of a `ForEach` may be in flight, and the bodies that wait for their turn.
///
/// An element has a place from the start of a body of its copy until nothing of the copy is in flight.
/// What waits for something outside of the copy gives its place away, so no place is waited for in a
/// circle.
struct ElementGate {
  /// At least 1.
  var limit: Int
  /// Whether a `Reduce` takes the elements: then only so many start beyond the first whose result it
  /// has not taken yet.
  var streams: Bool
  /// How many elements from the first on have been taken.
  var front = 0
  /// The limit that was asked for; nil if it only bounds what waits for a `Reduce`.
  var demanded: Int?
  /// Positions of elements that have a place.
  var placed: Set<Int> = []
  /// Nodes whose bodies wait, those of the earliest element first.
  var queue = BodyQueue()
}

// Bodies of a limited `ForEach` start only where their element gets a place.
extension RunState {
  /// Elements that a `Reduce` may leave waiting, where the list has no limit of its own: enough for the
  /// workers of most machines, and few enough to be held in memory.
  static let streamingLimit = 32

  /// The gate that a list's own limit, or a `Reduce` that takes its elements, asks for.
  mutating func addGate(to node: Int, limit: Int?) {
    let streams = isStreamed(node)
    guard limit != nil || streams else { return }
    gates[node] = ElementGate(
      limit: limit ?? Self.streamingLimit, streams: streams, demanded: limit)
  }

  /// Whether only `Reduce`s take a list's elements, and can take them one by one.
  private func isStreamed(_ node: Int) -> Bool {
    guard !askedLists.contains(node), !demands[node].contains(.value),
      let list = table.records[node].definition.template
    else { return false }
    let isKeyedByValue =
      Role(list.result, cache: list.attributes[list.result]?.cache) != .transient
    var reducers = 0
    var others = 0
    table.forEachConsumer(of: node) { edge, consumer in
      guard case .reduce(let template) = table.records[consumer].definition.kind,
        table.parameter(edge, of: consumer) == 0
      else { return others += 1 }
      // The key of transient combining is made of all elements, before any is combined.
      let role = Role(template.result, cache: template.attributes[template.result]?.cache)
      if role == .transient && isKeyedByValue { others += 1 } else { reducers += 1 }
    }
    return reducers > 0 && others == 0
  }

  /// The innermost gate that a node is behind.
  func gate(of node: Int) -> (gate: Int, element: Int)? {
    if gates.isEmpty { return nil }
    var next = node
    while let (owner, element) = table.origin(of: next) {
      if gates[owner] != nil { return (owner, element) }
      next = owner
    }
    return nil
  }

  /// The gates that a node is behind, from the innermost outwards.
  private func gates(of node: Int) -> [(gate: Int, element: Int)] {
    var levels: [(gate: Int, element: Int)] = []
    var next = gate(of: node)
    while let level = next {
      levels.append(level)
      next = gate(of: level.gate)
    }
    return levels
  }

  /// Puts an action aside until its element has a place.
  ///
  /// - Returns: Whether the action is one of a limited element's.
  mutating func waitsAtGate(_ action: Action) -> Bool {
    guard case .execute(let node) = action, table.roles[node] != .twin,
      table.records[node].isTask, let outermost = gates(of: node).last
    else { return false }
    gates[outermost.gate]?.queue.push(.init(element: outermost.element, node: node))
    changedGates.insert(outermost.gate)
    if gates[outermost.gate]?.streams == true { waitingStreams.insert(outermost.gate) }
    return true
  }

  /// Counts an action of a limited element.
  mutating func depart(_ node: Int) {
    inFlight += 1
    guard !gates.isEmpty else { return }
    var next = gate(of: node)
    while let level = next {
      flights[level.element, default: 0] += 1
      next = gate(of: level.gate)
    }
  }

  /// Notes that an action has ended.
  mutating func land(_ node: Int) {
    inFlight -= 1
    guard !gates.isEmpty else { return }
    var next = gate(of: node)
    while let level = next {
      // A gate is there before the copies, so every action of theirs was counted.
      flights[level.element, default: 1] -= 1
      if flights[level.element] == 0 {
        flights[level.element] = nil
        loosened.append(level)
      }
      next = gate(of: level.gate)
    }
  }

  /// Starts what may start, after everything that follows from a report was done.
  mutating func openGates() {
    while !isStopped {
      givePlacesBack()
      advanceFronts()
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
      }
      if !isStuck { return }
    }
  }

  private mutating func givePlacesBack() {
    while let (gate, element) = loosened.popLast() {
      guard flights[element] == nil, gates[gate]?.placed.contains(element) == true
      else { continue }
      gates[gate]?.placed.remove(element)
      changedGates.insert(gate)
    }
  }

  private func index(of element: Int, in list: Int) -> Int {
    expansions[list].map { (element - $0.first) / $0.stride } ?? 0
  }

  /// Moves on over the elements that were taken since.
  private mutating func advanceFronts() {
    for gate in waitingStreams {
      guard var front = gates[gate]?.front, gates[gate]?.streams == true,
        gates[gate]?.queue.first != nil
      else {
        waitingStreams.remove(gate)
        continue
      }
      let count = table.edges(of: gate).count - 1
      while front < count, isTaken(front, of: gate) { front += 1 }
      if front != gates[gate]?.front {
        gates[gate]?.front = front
        changedGates.insert(gate)
      }
    }
  }

  /// Whether nobody will want an element's result any more, or no body has to run to get it.
  private func isTaken(_ index: Int, of list: Int) -> Bool {
    guard let expansion = expansions[list] else { return true }
    let element = expansion.first + index * expansion.stride
    let result = table.source(table.edges(of: list).lowerBound + 1 + index)
    guard result > element, result < element + expansion.stride else { return true }
    if phases[result].isFailure || uses[result] == 0 { return true }
    return !isPresent[result] && artifacts[result] != nil && phases[result] == .resolved
  }

  private mutating func startWaiting(at gate: Int) {
    while let node = gates[gate]?.queue.first?.node {
      let levels = gates(of: node)
      let closed = levels.last { level in
        guard let gate = gates[level.gate] else { return false }
        if gate.streams, index(of: level.element, in: level.gate) - gate.front >= gate.limit {
          return true
        }
        return gate.placed.count >= gate.limit && !gate.placed.contains(level.element)
      }
      if let closed {
        if closed.gate == gate { return }
        gates[gate]?.queue.removeFirst()
        gates[closed.gate]?.queue.push(.init(element: closed.element, node: node))
        if gates[closed.gate]?.streams == true { waitingStreams.insert(closed.gate) }
        continue
      }
      gates[gate]?.queue.removeFirst()
      for level in levels { gates[level.gate]?.placed.insert(level.element) }
      start(.execute(node))
    }
  }
}
