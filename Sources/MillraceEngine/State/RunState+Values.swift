import MillraceCoding
import MillraceGraph

// What a node gives to its consumers, and how long its value lives.
extension RunState {
  mutating func publishPart(_ part: KeyParts.Value?, of node: Int) {
    guard parts[node] == nil else { return }
    parts[node] = .some(part)
    table.forEachConsumer(of: node) { edge, consumer in
      guard phases[consumer] == .gatheringParts, table.isKeyed(edge, of: consumer) else { return }
      waiting[consumer] -= 1
      if waiting[consumer] == 0 { work.append(.partsComplete(consumer)) }
    }
  }

  mutating func publishValue(of node: Int) {
    isPresent[node] = true
    table.forEachConsumer(of: node) { edge, consumer in
      switch phases[consumer] {
      case .gatheringValues: break
      case .gatheringSource: guard table.parameter(edge, of: consumer) == 0 else { return }
      default: return
      }
      waiting[consumer] -= 1
      if waiting[consumer] == 0 { work.append(.valuesComplete(consumer)) }
    }
    if uses[node] == 0 { drop(node) }
  }

  /// Takes hold of the inputs again after they were released: a hit's artifact proved unreadable.
  mutating func hold(_ node: Int) {
    guard !holdsInputs[node] else { return }
    holdsInputs[node] = true
    for edge in table.edges(of: node) where table.source(edge) >= 0 {
      uses[table.source(edge)] += 1
    }
  }

  /// A node needs its inputs no more.
  mutating func release(_ node: Int) {
    guard holdsInputs[node] else { return }
    holdsInputs[node] = false
    for edge in table.edges(of: node) where table.source(edge) >= 0 {
      endUse(of: table.source(edge))
    }
  }

  mutating func endUse(of source: Int) {
    uses[source] -= 1
    guard uses[source] == 0 else { return }
    if isPresent[source] {
      drop(source)
    } else if phases[source] == .idle || phases[source] == .resolved {
      work.append(.release(source))  // nobody will want it
    }
  }

  mutating func drop(_ node: Int) {
    guard table.roles[node] != .constant, table.roles[node] != .element else { return }
    // A part that is still to be made of the value comes first.
    guard phases[node] != .digesting else { return }
    if away.isEmpty || away.remove(node) == nil {
      table.records[node].definition.output.destroy(values.cell(node))
    }
    if farLanes != nil { dropped.append(node) }
    isPresent[node] = false
    demands[node].subtract([.value, .early])
    if phases[node] == .done || phases[node] == .resolved { work.append(.release(node)) }
  }

  /// Ends a node that will never get what `source` was to give.
  mutating func skip(_ node: Int, after source: Int) {
    // Something that elements take from outside is not to be had, which each of them is to say.
    if let loop = runningLoop(of: node) { return cut(loop) }
    phases[node] = phases[source] == .cancelled ? .cancelled : .skipped
    end(node)
    work.append(.fail(node))
  }

  mutating func spreadFailure(of node: Int) {
    table.forEachConsumer(of: node) { edge, consumer in
      switch phases[consumer] {
      case .gatheringParts:
        guard parts[node] == nil, table.isKeyed(edge, of: consumer) else { return }
      case .gatheringValues: guard !isPresent[node] else { return }
      case .gatheringSource: guard table.parameter(edge, of: consumer) == 0 else { return }
      default: return
      }
      skip(consumer, after: node)
    }
    if !ordering.isEmpty { skipFollowers(of: node) }
    for twin in twins.removeValue(forKey: node) ?? [] where phases[twin] == .awaitingTwin {
      skip(twin, after: node)
    }
    work.append(.release(node))
  }
}
