import MillraceCoding

/// Who makes the result of which key, so that each is made once in a run.
struct FlowClaims: ~Copyable {
  /// Nodes at the places of their keys; below 0 where there is none.
  private var nodes = Memory<Int32>(repeating: -1, count: 64)
  private var count = 0
  /// The makers of nodes that wait for the result of their key.
  private(set) var makers: [Int: Int] = [:]
  private var failed: Set<Int> = []

  /// Makes a node the maker of its key, unless there is one.
  ///
  /// - Parameter keys: The keys of all nodes that are here.
  /// - Returns: The node that was here before, and has not failed.
  mutating func claim(_ node: Int, _ keys: Memory<Digest>) -> Int? {
    if 2 * (count + 1) > nodes.count { grow(keys) }
    let place = place(of: keys[node], keys)
    let known = Int(nodes[place])
    if known >= 0 {
      if !failed.contains(known) {
        makers[node] = known
        return known
      }
    } else {
      count += 1
    }
    nodes[place] = Int32(truncatingIfNeeded: node)
    return nil
  }

  /// Notes that a node has not made its result; who comes later tries it himself.
  mutating func noteFailure(_ node: Int) { failed.insert(node) }

  private func place(of key: Digest, _ keys: Memory<Digest>) -> Int {
    let mask = nodes.count - 1
    var place = Int(truncatingIfNeeded: key.shortHash) & mask
    while nodes[place] >= 0, keys[Int(nodes[place])] != key { place = (place + 1) & mask }
    return place
  }

  private mutating func grow(_ keys: Memory<Digest>) {
    let old = nodes
    nodes = Memory(repeating: -1, count: 2 * old.count)
    for index in 0..<old.count where old[index] >= 0 {
      nodes[place(of: keys[Int(old[index])], keys)] = old[index]
    }
  }
}
