import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// Describing a plan: which state each task is in when nothing but tasks is left to run.
extension Execution {
  func plannedNodes() -> [PlannedNode] {
    let tasks = state.withLock { state in
      state.phases.indices.filter {
        state.table.records[$0].isTask && state.isWanted($0)
      }
    }
    return tasks.map(planned)
  }

  private func planned(_ node: Int) -> PlannedNode {
    let (name, definition, role, phase, isHit, key, upstream, unkeyed) = state.withLock { state in
      (
        state.name(of: node), state.table.records[node].definition, state.table.roles[node],
        state.phases[node], state.hits.contains(node), state.keys[node], state.upstream(of: node),
        state.unkeyedInputs[node]
      )
    }
    func described(_ state: PlannedNode.State, _ reason: MissReason? = nil) -> PlannedNode {
      PlannedNode(
        name: name, task: definition.name, state: state, reason: reason, key: key,
        fileID: definition.id.fileID, line: definition.line,
        encodedParts: state == .run && key != nil
          ? ledger.withLock { $0.parts(of: node) } : nil)
    }
    if isHit { return described(.hit) }
    if let unkeyed { return described(.run, .noKey(input: unkeyed)) }
    switch phase {
    case .gatheringParts: return described(.waiting, .waitsFor(upstream))
    case .resolved, .idle: return described(.onDemand, role == .off ? .notCached : .transient)
    default: break
    }
    switch role {
    case .off: return described(.run, .notCached)
    case .transient, .twin: return described(.run, .transient)
    default: return described(.run, key.map { missReason(of: node, name: name, key: $0) })
    }
  }

  /// Notes why a node has to run, while the store still knows nothing but earlier results.
  func noteReason(of node: Int, _ key: Key) {
    let name = name(of: node)
    let reason = missReason(of: node, name: name, key: key)
    ledger.withLock { $0.note(reason, of: node) }
  }

  private func missReason(of node: Int, name: String, key: Key) -> MissReason {
    if isForced(node) { return .forced }
    if let record = store.find(key) {
      guard store.isReadable(record) else { return .unreadable }
      let further = record.facts.further
      guard store.furtherRecords(of: further) == nil else { return .fileChanged }
      let invalidated = further.filter { store.find($0.key) == nil }
        .compactMap { store.invalidations(of: $0.key).last }
      return invalidated.first.map { .invalidated($0.reason) } ?? .unreadable
    }
    if let invalidation = store.invalidations(of: key).last, !store.records(of: key).isEmpty {
      return .invalidated(invalidation.reason)
    }
    guard let known = store.lastResult(ofName: "\(options.pipeline)/\(name)"),
      let old = try? known.parts,
      let new = try? KeyParts(decoding: ledger.withLock { $0.parts(of: node) })
    else { return .new }
    return .changed(KeyChange.changes(from: old, to: new))
  }
}

extension RunState {
  /// Whether a task would or might take part in the run.
  func isWanted(_ node: Int) -> Bool { !demands[node].isEmpty }

  /// The nearest tasks whose parts a node waits for, in the order of its inputs.
  mutating func upstream(of node: Int) -> [String] {
    guard phases[node] == .gatheringParts else { return [] }
    var names: [String] = []
    var seen: Set<Int> = [node]
    var pending = [node]
    while let next = pending.popLast() {
      if next != node, table.records[next].isTask {
        names.append(name(of: next))
        continue
      }
      // Before it is known what a deferred node stands for, it waits for what will tell.
      let isOpen = table.roles[next] == .deferred && phases[next] == .gatheringSource
      let edges = isOpen ? table.edges(of: next).prefix(1) : table.edges(of: next)
      for edge in edges.reversed() where table.source(edge) >= 0 {
        let source = table.source(edge)
        guard parts[source] == nil, table.roles[next] == .forEach || table.isKeyed(edge, of: next),
          seen.insert(source).inserted
        else { continue }
        pending.append(source)
      }
    }
    return names
  }
}
