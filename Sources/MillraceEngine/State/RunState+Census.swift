import MillraceGraph

// What a ``RunGauge`` asks of the state.
extension RunState {
  /// What is known of nodes that were counted before; nodes are only ever added.
  struct Census {
    var counted = 0
    var tasks = 0
    /// Lists and repetitions that may still add nodes.
    var dynamic: [Int] = []
  }

  func reading(_ census: inout Census) -> RunGauge.Reading {
    if census.counted > table.count { census = Census() }
    for node in census.counted..<table.count {
      if table.records[node].isTask { census.tasks += 1 }
      if table.roles[node] == .forEach || table.roles[node] == .deferred && !table.isWhen(node) {
        census.dynamic.append(node)
      }
    }
    census.counted = table.count
    census.dynamic.removeAll { !phases[$0].isBeforeGrowth }
    // What nobody wants adds nothing, and nobody may ever come to want it.
    let mayGrow = census.dynamic.contains { !demands[$0].isEmpty }
    return RunGauge.Reading(nodes: census.tasks + unplacedTaskCount, mayGrow: mayGrow)
  }

  /// The wanted tasks that have not ended; nil if there are more than `limit` nodes.
  func openTasks(among limit: Int) -> [Int]? {
    guard table.count <= limit else { return nil }
    return phases.indices.filter { node in
      table.records[node].isTask && !demands[node].isEmpty && !hits.contains(node)
        && !phases[node].isEnd
    }
  }
}

extension RunState.Phase {
  /// Whether what a list or a repetition takes is not known yet.
  fileprivate var isBeforeGrowth: Bool { self == .idle || self == .gatheringSource }

  /// Whether a task's body will not run any more, for all that is known.
  fileprivate var isEnd: Bool {
    switch self {
    case .done, .digesting, .resolved, .loading: true
    default: isFailure
    }
  }
}

extension NodeTable {
  fileprivate func isWhen(_ node: Int) -> Bool {
    if case .when = records[node].definition.kind { true } else { false }
  }
}
