import MillraceGraph

// A node that failed can have a value all the same: the one that a modifier gives it for that case.
extension RunState {
  /// A body failed, and the value to go on with is in its cell.
  mutating func ignored(_ node: Int) {
    land(node)
    phases[node] = .done
    ignoredNodes.insert(node)
    end(node)
    // The key stands for what the task would have made. From now on consumers are keyed by the value, so that
    // what they make of it is not found when the task succeeds.
    retract(node)
    table.roles[node] = .off
    publishValue(of: node)
    if !ordering.isEmpty { letFollow(node) }
    work.append(.release(node))
    settle(node)
  }

  /// What a node goes on with if it fails: as a modifier says, or else the run, for tasks with values of a
  /// type.
  func fallback(of node: Int) -> NodeFallback? {
    let attributes = table.attributes.isEmpty ? nil : table.attributes[node]
    if let own = attributes?.fallback { return own }
    guard !fallbacks.isEmpty, attributes?.failure == nil, table.records[node].isTask
    else { return nil }
    return fallbacks[table.records[node].definition.output.identifier]
  }

  /// Whether nodes of equal key may have this one's value. A node that ignores its failure may end with
  /// a value that is not the key's, which is nobody else's.
  func sharesValue(_ node: Int) -> Bool { fallback(of: node) == nil }

  /// What decides on a node's attempts.
  func attemptPolicies(of node: Int) -> (retry: RetryPolicy, timeout: TimeoutPolicy) {
    let task = table.records[node].definition.attributes
    let attributes = table.attributes[node]
    return (attributes?.retry ?? task.retry, attributes?.timeout ?? task.timeout)
  }
}
