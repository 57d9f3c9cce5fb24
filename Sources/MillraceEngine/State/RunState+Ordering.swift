import MillraceGraph

// A node that starts after others counts each as one more thing to wait for before its body runs, and
// its key knows nothing of them. So a hit waits for none.
extension RunState {
  mutating func orderNodes() {
    // In one order, since what becomes ready together is handed to backends in it: as consumers, from the last
    // to the first.
    for node in table.befores.keys.sorted(by: >) {
      for before in table.befores[node] ?? [] { order(node, after: before) }
    }
    for (call, previous) in table.previousCalls { ordering.add(call: call, after: previous) }
    if !table.previousCalls.isEmpty { keepResultsOfCalls() }
  }

  mutating func order(_ node: Int, after before: Int) {
    let isGiven = table.roles[before] == .constant || table.roles[before] == .element
    ordering.add(
      node, after: before,
      isMet: isGiven || phases[before] == .done || isPresent[before] || artifacts[before] != nil)
  }

  /// Keeps what can be wanted again for the length of the run, as a call cannot be made again: where a
  /// hit proves unreadable, its task runs after all, long after its inputs seemed to be needed no more.
  private mutating func keepResultsOfCalls() {
    var canRunLate = Array(repeating: false, count: table.count)
    for node in (0..<table.count).reversed() {
      let role = table.roles[node]
      if role == .stored || role == .forEach { canRunLate[node] = true }
      guard canRunLate[node] else { continue }
      keepState(node)
      for edge in table.edges(of: node) where table.source(edge) >= 0 {
        canRunLate[table.source(edge)] = true
      }
    }
  }

  /// Keeps an instance, or the result of a call on one, for the length of the run.
  mutating func keepState(_ node: Int) {
    switch table.records[node].shape {
    case .instance, .method: uses[node] += 1
    default: break
    }
  }

  /// Wants what a node starts after: to be up to date where it is stored, to have run where it is not.
  mutating func wantBefores(of node: Int) {
    for before in ordering.pending(before: node) {
      work.append(.want(before, table.roles[before] == .stored ? .part : .value))
    }
  }

  /// A node ended successfully: what was to start after it has one thing less to wait for.
  mutating func letFollow(_ node: Int) {
    for follower in ordering.end(node) where phases[follower] == .gatheringValues {
      waiting[follower] -= 1
      if waiting[follower] == 0 { work.append(.valuesComplete(follower)) }
    }
  }

  /// Whether a node cannot run before another has ended.
  ///
  /// - Complexity: O(*v* + *e*); asked only where there are orders, and two nodes of one key.
  func waits(_ node: Int, for other: Int) -> Bool {
    var seen: Set<Int> = []
    var pending = [node]
    while let next = pending.popLast() {
      if next == other { return true }
      guard seen.insert(next).inserted, phases[next] != .done else { continue }
      pending += table.edges(of: next).map { table.source($0) }.filter { $0 >= 0 }
      pending += ordering.pending(before: next)
      if phases[next] == .awaitingTwin, let key = keys[next],
        let maker = makers[Maker(key: key, isStored: true)]
      {
        pending.append(maker)
      }
    }
    return false
  }

  mutating func skipFollowers(of node: Int) {
    guard !ordering.hasEnded(node) else { return }
    for follower in ordering.followers(of: node) where phases[follower] == .gatheringValues {
      skip(follower, after: node)
    }
  }
}
