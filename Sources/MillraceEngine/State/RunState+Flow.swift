import MillraceGraph
import MillraceStore

// What became of the nodes of a run that went the short way.
extension RunState {
  /// Takes in the keys.
  mutating func adopt(_ keys: FlowKeys, count: Int) {
    for node in 0..<count {
      if let key = keys[node] { self.keys[node] = key }
    }
  }

  /// Takes in the ends of all nodes. Their values stay where they are.
  ///
  /// - Parameter failed: Nodes whose body threw.
  /// - Complexity: O(*v* + *e*) where something failed, otherwise O(*v*).
  mutating func adopt(_ flow: Flow, failed: Set<Int>) {
    for node in 0..<flow.count {
      demands[node] = [.value, .asked]
      if flow.isDone(node) {
        phases[node] = .done
        if table.records[node].isTask { executedCount += 1 }
      } else if failed.contains(node) {
        phases[node] = .failed
      } else {
        phases[node] = phaseOfUnrun(node)
      }
    }
  }

  /// Takes in the ends of nodes whose values are stored.
  ///
  /// - Parameter failed: Nodes whose body threw, or whose value could not be stored.
  mutating func adopt(_ records: FlowRecords, failed: Set<Int>) {
    for node in 0..<table.count {
      demands[node] = [.part, .asked]
      if let key = records.key(of: node) { keys[node] = key }
      switch records.fates[node] {
      case .executed:
        phases[node] = .done
        executedCount += 1
        adoptArtifact(of: node, records)
      case .hit:
        phases[node] = .resolved
        hits.insert(node)
        adoptArtifact(of: node, records)
      case .constant: phases[node] = .done
      case .list where records.flow.isDone(node): phases[node] = .resolved
      default:
        let isTwinOfFailure = records.maker(of: node).map(failed.contains) ?? false
        phases[node] =
          failed.contains(node) ? .failed : isTwinOfFailure ? .skipped : phaseOfUnrun(node)
      }
    }
  }

  private mutating func adoptArtifact(of node: Int, _ records: FlowRecords) {
    guard let key = keys[node] else { return }
    artifacts[node] = records.store.record(of: key, artifact: records.contributions[node])
  }

  /// Begins where a run on the short way ended, at its first step the long way.
  mutating func resume(after records: FlowRecords, failed: Set<Int>) {
    for node in 0..<table.count {
      switch records.fates[node] {
      case .executed: earlier[node] = .ran
      case .hit: earlier[node] = .wasHit
      default:
        guard failed.contains(node) else { continue }
        phases[node] = .failed
        demands[node] = [.part, .asked]
      }
    }
  }

  /// Skipped behind a failure; otherwise the run was ended before. Inputs were taken in before.
  private func phaseOfUnrun(_ node: Int) -> Phase {
    let isBehindFailure = table.edges(of: node).contains { edge in
      let source = table.source(edge)
      return source >= 0 && (phases[source] == .failed || phases[source] == .skipped)
    }
    return isBehindFailure ? .skipped : .cancelled
  }
}
