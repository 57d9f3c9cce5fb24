/// Which nodes of a run start after others that they take no value from, and which of those have ended.
struct Ordering {
  private var befores: [Int: [Int]] = [:]
  private var followers: [Int: [Int]] = [:]
  /// Nodes that have ended successfully, once or several times.
  private var ended: Set<Int> = []
  /// For calls on an instance: the call before.
  private(set) var previousCalls: [Int: Int] = [:]

  var isEmpty: Bool { followers.isEmpty }

  /// Notes that a node starts after another.
  ///
  /// - Parameter isMet: Whether the other has ended successfully already.
  mutating func add(_ node: Int, after before: Int, isMet: Bool) {
    befores[node, default: []].append(before)
    followers[before, default: []].append(node)
    if isMet { ended.insert(before) }
  }

  mutating func add(call: Int, after previous: Int) { previousCalls[call] = previous }

  /// What a node still waits for.
  func pending(before node: Int) -> [Int] {
    befores[node]?.filter { !ended.contains($0) } ?? []
  }

  func followers(of node: Int) -> [Int] { followers[node] ?? [] }

  func hasEnded(_ node: Int) -> Bool { ended.contains(node) }

  /// - Returns: The nodes that waited for this one.
  mutating func end(_ node: Int) -> [Int] {
    guard let following = followers[node], ended.insert(node).inserted else { return [] }
    return following
  }
}
