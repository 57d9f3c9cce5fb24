import MillraceCoding
import MillraceGraph
import MillraceStore

// A plan is not final: artifacts prove unreadable, and what is made again may have other bytes.
extension RunState {
  /// A hit's bytes are gone or damaged: it is a miss, and what it needs is planned again.
  mutating func unreadable(_ node: Int) {
    land(node)
    hits.remove(node)
    if !earlier.isEmpty, earlier.removeValue(forKey: node) == .ran { executedCount -= 1 }
    ended.removeAll { $0 == node }
    let artifact = artifacts.removeValue(forKey: node)
    let isFirst = unreadableNodes.insert(node).inserted
    if let key = keys[node] {
      broken[key] = artifact?.artifact
      if !outdated.isEmpty, outdated.remove(node) != nil {
        forgetKey(of: node)
        return gatherParts(node)
      }
      guard sharesValue(node) else { return gatherValues(node) }
      let maker = makers[Maker(key: key, isStored: true)]
      // Once only, since a value that can never be read back would be tried for ever.
      if let maker, maker != node, isFirst, !phases[maker].isFailure {
        if !waits(maker, for: node) { return awaitTwin(node, maker) }
        overtake(maker, node, key)
      }
      makers[Maker(key: key, isStored: true)] = node
    }
    gatherValues(node)
  }

  /// Takes in that a node was made which may have been unreadable before.
  mutating func mend(_ node: Int, _ artifact: ArtifactRecord) {
    if !broken.isEmpty, let key = keys[node], broken[key] == artifact.artifact {
      broken[key] = nil
    }
    if let old = parts[node], old != .digest(artifact.artifact) { retract(node) }
  }

  /// Takes back the part of a node that was made again, not to the same bytes: its task is not
  /// deterministic. What is keyed by the part and has not run yet is planned again, or its result
  /// would be stored under a key of other inputs.
  mutating func retract(_ node: Int) {
    guard parts[node] != nil else { return }
    var pending = [node]
    while let next = pending.popLast() {
      guard parts.removeValue(forKey: next) != nil else { continue }
      var consumers: Set<Int> = []
      table.forEachConsumer(of: next) { edge, consumer in
        guard table.isKeyed(edge, of: consumer) else { return }
        if phases[consumer] == .gatheringParts {
          waiting[consumer] += 1
        } else {
          consumers.insert(consumer)
        }
      }
      for consumer in consumers.sorted() where replan(consumer) { pending.append(consumer) }
    }
  }

  /// Computes the key of a node again that has not run.
  ///
  /// - Returns: Whether the node's own part must be taken back.
  private mutating func replan(_ node: Int) -> Bool {
    let role = table.roles[node]
    if runningLoop(of: node) != nil { return false }
    switch (phases[node], role) {
    case (.resolving, _), (.resolved, .stored), (.loading, .stored), (.done, .stored):
      // Of a hit, or of what has run, the key is that of what it was made of. It is outdated only if the
      // value proves unreadable.
      outdated.insert(node)
      return false
    case (.awaitingTwin, _), (.gatheringValues, .stored):
      forgetKey(of: node)
      gatherParts(node)
      return false
    case (.gatheringValues, .transient), (.gatheringValues, .collect), (.gatheringValues, .forEach),
      (.gatheringValues, .twin), (.resolved, .transient), (.resolved, .collect),
      (.resolved, .forEach), (.resolved, .twin), (.gatheringValues, .deferred),
      (.resolved, .deferred):
      forgetKey(of: node)
      gatherParts(node)
      return true
    default:
      return false
    }
  }

  private mutating func forgetKey(of node: Int) {
    guard let key = keys.removeValue(forKey: node) else { return }
    let maker = Maker(key: key, isStored: table.roles[node] == .stored)
    guard makers[maker] == node else {
      if let other = makers[maker] { twins[other]?.removeAll { $0 == node } }
      return
    }
    makers[maker] = nil
    for twin in twins.removeValue(forKey: node) ?? [] where phases[twin] == .awaitingTwin {
      keys[twin] = nil
      gatherParts(twin)
    }
  }
}
