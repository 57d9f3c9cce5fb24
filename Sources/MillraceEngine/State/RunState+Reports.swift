import MillraceCoding
import MillraceGraph
import MillraceStore

// What the run reports of the actions that it performed. Each report ends one action.
extension RunState {
  /// A node's key is known, and the store's record of it if there is one.
  mutating func resolved(_ node: Int, key: Key, artifact: ArtifactRecord?) {
    land(node)
    if !outdated.isEmpty, outdated.remove(node) != nil { return gatherParts(node) }
    keys[node] = key
    let isStored = table.roles[node] == .stored
    let maker = makers[Maker(key: key, isStored: isStored)]
    if let artifact, broken.isEmpty || broken[key] != artifact.artifact {
      becomeHit(node, artifact)
    } else if !sharesValue(node) || maker.map({ cannotPrecede($0, node) }) == true {
      if !isStored { return standAlone(node, .key(key)) }
      if let maker, maker != node, sharesValue(node) { overtake(maker, node, key) }
      gatherValues(node)
    } else if let maker, maker != node, !phases[maker].isFailure {
      if isStored { awaitTwin(node, maker) } else { becomeTwin(node, of: maker, key: key) }
    } else {
      makers[Maker(key: key, isStored: isStored)] = node
      if isStored {
        gatherValues(node)
      } else {
        standAlone(node, .key(key))
      }
    }
  }

  private mutating func standAlone(_ node: Int, _ part: KeyParts.Value?) {
    phases[node] = .resolved
    publishPart(part, of: node)
    settle(node)
    // Who was to want the value may have been skipped meanwhile.
    if uses[node] == 0 && phases[node] == .resolved { work.append(.release(node)) }
  }

  /// A node has no key, because one of its inputs cannot be encoded: it runs in every run.
  mutating func unkeyed(_ node: Int, input: String) {
    land(node)
    if !outdated.isEmpty, outdated.remove(node) != nil { return gatherParts(node) }
    unkeyedInputs[node] = input
    if table.roles[node] == .stored {
      table.roles[node] = .off
      gatherValues(node)
    } else {
      standAlone(node, nil)
    }
  }

  /// A hit's value was read into its cell.
  mutating func loaded(_ node: Int) {
    land(node)
    phases[node] = phaseWithArtifact(node)
    publishValue(of: node)
    settle(node)
  }

  /// What a node is whose value is in the store: it may have run, and its value been dropped, before
  /// somebody came to need it again.
  private func phaseWithArtifact(_ node: Int) -> Phase { hits.contains(node) ? .resolved : .done }

  /// A body's value is in its cell, and in the store if it was to be stored.
  ///
  /// - Parameter isAway: Whether it is somewhere else instead of in its cell.
  mutating func executed(_ node: Int, artifact: ArtifactRecord?, isAway: Bool = false) {
    land(node)
    if isAway { away.insert(node) }
    phases[node] = .done
    if table.records[node].isTask {
      if table.roles[node] == .twin { hits.insert(node) } else { executedCount += 1 }
      end(node)
    }
    if let artifact {
      artifacts[node] = artifact
      mend(node, artifact)
      publishPart(.digest(artifact.artifact), of: node)
      for twin in twins.removeValue(forKey: node) ?? [] where phases[twin] == .awaitingTwin {
        becomeHit(twin, artifact)
      }
    } else if !parts.isEmpty, table.roles[node] == .off || table.roles[node] == .projection {
      retract(node)  // made again, it may have other bytes
    }
    publishValue(of: node)
    if !ordering.isEmpty { letFollow(node) }
    // A view holds what it shows for as long as somebody may look.
    if farLanes == nil || !isView(node) { work.append(.release(node)) }
    settle(node)
  }

  /// The digest of a value that is not stored; nil where it cannot be encoded.
  mutating func digested(_ node: Int, _ part: KeyParts.Value?) {
    land(node)
    phases[node] = .done
    publishPart(part, of: node)
    if uses[node] == 0, isPresent[node] { drop(node) }
    settle(node)
  }

  mutating func failed(_ node: Int, cancelled: Bool) {
    land(node)
    phases[node] = cancelled ? .cancelled : .failed
    end(node)
    work.append(.fail(node))
  }

  /// Gives every node that was wanted and has not ended its last state.
  mutating func endAll() {
    if !loopOrder.isEmpty { cutLoops() }
    for node in phases.indices where !demands[node].isEmpty {
      switch phases[node] {
      case .digesting: phases[node] = .done  // it has run
      case .loading: phases[node] = phaseWithArtifact(node)  // all the same
      case .gatheringParts, .resolving, .gatheringSource, .gatheringValues, .executing,
        .awaitingTwin:
        phases[node] = .cancelled
        end(node)
      default: continue
      }
    }
  }

  /// Notes that a task has a state to report.
  mutating func end(_ node: Int) {
    if reportsEnds && table.records[node].isTask { ended.append(node) }
  }

  mutating func becomeHit(_ node: Int, _ artifact: ArtifactRecord) {
    artifacts[node] = artifact
    if !unreadableNodes.isEmpty { mend(node, artifact) }
    // What ran, or was found, on the short way has been told.
    let earlier = earlier.isEmpty ? nil : earlier[node]
    if earlier == .ran { executedCount += 1 } else { hits.insert(node) }
    if earlier == nil { end(node) }
    phases[node] = phaseWithArtifact(node)
    publishPart(.digest(artifact.artifact), of: node)
    if !ordering.isEmpty { letFollow(node) }
    work.append(.release(node))
    settle(node)
  }

  /// A stored node of the same key is being made: wait, and take its artifact.
  mutating func awaitTwin(_ node: Int, _ maker: Int) {
    if let artifact = artifacts[maker] {
      becomeHit(node, artifact)
    } else {
      phases[node] = .awaitingTwin
      twins[maker, default: []].append(node)
    }
  }

  /// A transient node of the same key exists: share its value.
  private mutating func becomeTwin(_ node: Int, of maker: Int, key: Key) {
    let old = table.edges(of: node).map { table.source($0) }
    table.roles[node] = .twin
    table.replaceInputs(of: node, with: [Int32(maker)])
    uses[maker] += 1
    for source in old where source >= 0 { endUse(of: source) }
    phases[node] = .resolved
    publishPart(.key(key), of: node)
    settle(node)
  }
}
