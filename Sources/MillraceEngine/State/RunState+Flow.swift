import MillraceGraph

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

  /// Skipped behind a failure; otherwise the run was ended before. Inputs were taken in before.
  private func phaseOfUnrun(_ node: Int) -> Phase {
    let isBehindFailure = table.edges(of: node).contains { edge in
      let source = table.source(edge)
      return source >= 0 && (phases[source] == .failed || phases[source] == .skipped)
    }
    return isBehindFailure ? .skipped : .cancelled
  }
}
