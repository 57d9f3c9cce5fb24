import MillraceCoding
import MillraceGraph

// From what is wanted of a node to what it must wait for.
extension RunState {
  mutating func want(_ node: Int, _ demand: Demand) {
    guard !demands[node].isSuperset(of: demand) else { return }
    let becameEarly = demand.contains(.early) && !demands[node].contains(.early)
    demands[node].formUnion(demand.union(.asked))
    switch phases[node] {
    case .idle: begin(node)
    case .resolved, .done: settle(node)
    case .loading, .executing: if becameEarly { hurry(node) }
    case .gatheringValues where becameEarly: wantValues(of: node)
    default: break
    }
  }

  /// Emits an action that was held back, now that planning needs it.
  mutating func hurry(_ node: Int) {
    guard !held.isEmpty else { return }
    for action in [Action.load(node), .execute(node)] where isEarly(action) {
      if held.remove(action) { emit(action) }
    }
  }

  mutating func begin(_ node: Int) {
    hold(node)  // the inputs were let go if nobody seemed to want it
    switch table.roles[node] {
    case .stored, .transient: gatherParts(node)
    case .off: gatherValues(node)
    case .projection:
      demands[node].formUnion(.early)
      gatherValues(node)
    case .collect:
      if demands[node].contains(.part) { gatherParts(node) } else { gatherValues(node) }
    case .forEach:
      demands[node].formUnion(.early)
      gatherSource(node)
    case .deferred: beginDeferred(node)
    case .constant, .element:
      phases[node] = .done
      settle(node)
    case .twin: break
    }
  }

  /// Goes on from a state in which a node does nothing, if more is wanted of it.
  mutating func settle(_ node: Int) {
    if demands[node].contains(.value) && !isPresent[node] {
      provide(node)
    } else if demands[node].contains(.part) && parts[node] == nil {
      switch table.roles[node] {
      case .collect, .forEach, .deferred: gatherParts(node)
      default:
        guard isPresent[node] else { return }  // dropped: who wanted the part was skipped
        phases[node] = .digesting
        emit(.digest(node))
      }
    }
  }

  /// Gets a value that is not in memory.
  mutating func provide(_ node: Int) {
    if artifacts[node] != nil {
      phases[node] = .loading
      emit(.load(node))
    } else {
      if !loops.isEmpty, let loop = loops[node] { settle(loop) }
      gatherValues(node)
    }
  }

  mutating func gatherParts(_ node: Int) {
    phases[node] = .gatheringParts
    let first = work.count
    var missing: Int32 = 0
    for edge in table.edges(of: node) where table.source(edge) >= 0 {
      guard table.isKeyed(edge, of: node) else { continue }
      let source = table.source(edge)
      if parts[source] != nil { continue }
      if phases[source].isFailure { return skip(node, after: source) }
      missing += 1
      work.append(.want(source, .part))
    }
    // What is taken from the end is then the first input, so that nodes are copied, and become ready, in the
    // order in which they were declared.
    work[first...].reverse()
    waiting[node] = missing
    if missing == 0 { work.append(.partsComplete(node)) }
  }

  mutating func gatherValues(_ node: Int) {
    hold(node)
    phases[node] = .gatheringValues
    var missing: Int32 = 0
    for edge in table.edges(of: node) where table.source(edge) >= 0 {
      let source = table.source(edge)
      if isPresent[source] { continue }
      if phases[source].isFailure { return skip(node, after: source) }
      missing += 1
    }
    if !ordering.isEmpty {
      for before in ordering.pending(before: node) {
        if phases[before].isFailure { return skip(node, after: before) }
        missing += 1
      }
    }
    waiting[node] = missing
    if missing == 0 { work.append(.valuesComplete(node)) } else { wantValues(of: node) }
  }

  mutating func wantValues(of node: Int) {
    // A task's body runs after planning, so its inputs have time; a projection's may not.
    let early: Demand =
      switch table.roles[node] {
      case .forEach where runningLoop(of: node) != nil: []
      case .projection, .collect, .forEach, .twin, .deferred: demands[node].intersection(.early)
      default: []
      }
    for edge in table.edges(of: node).reversed() where table.source(edge) >= 0 {
      let source = table.source(edge)
      if !isPresent[source] { work.append(.want(source, [.value, early])) }
    }
    if !ordering.isEmpty { wantBefores(of: node) }
  }

  mutating func gatherSource(_ node: Int) {
    phases[node] = .gatheringSource
    let source = table.source(table.edges(of: node).lowerBound)
    if source < 0 || isPresent[source] {
      waiting[node] = 0
      work.append(.valuesComplete(node))
    } else if phases[source].isFailure {
      skip(node, after: source)
    } else {
      waiting[node] = 1
      work.append(.want(source, [.value, .early]))
    }
  }

  mutating func partsComplete(_ node: Int) {
    guard phases[node] == .gatheringParts else { return }
    switch table.roles[node] {
    case .collect, .forEach:
      var list: [KeyParts.Value]? = []
      for edge in table.edges(of: node) where table.isKeyed(edge, of: node) {
        let part = table.source(edge) < 0 ? nil : parts[table.source(edge)] ?? nil
        if let part { list?.append(part) } else { list = nil }
      }
      phases[node] = isPresent[node] ? .done : .resolved
      publishPart(list.map { .list($0) }, of: node)
      settle(node)
    case .twin, .deferred:
      phases[node] = isPresent[node] ? .done : .resolved
      publishPart(inputParts(of: node)[0], of: node)
      settle(node)
    default:
      phases[node] = .resolving
      emit(.resolve(node))
    }
  }

  mutating func valuesComplete(_ node: Int) {
    switch phases[node] {
    case .gatheringSource: if hasSourceAway(node) { emit(.bring(node)) } else { learn(node) }
    case .gatheringValues:
      if !overtaken.isEmpty, takeFromOvertaker(node) { return }
      phases[node] = .executing
      emit(.execute(node))
    default: break
    }
  }
}
