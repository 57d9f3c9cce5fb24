import MillraceCoding
import MillraceGraph
import MillraceStore

// Nodes of one key of which one is made from the other: who was to make the result first comes second.
extension RunState {
  /// Whether the maker of a key cannot run before a node of the same key has.
  ///
  /// The parts of its key are known, so it can only wait for what is no part of keys: an order, or a value
  /// that a task ignores.
  ///
  /// - Complexity: Where there are such, O(*v* + *e*).
  mutating func cannotPrecede(_ maker: Int, _ node: Int) -> Bool {
    guard maker != node, !ordering.isEmpty || hasUnkeyedInputs() else { return false }
    return waits(maker, for: node)
  }

  /// Lets a node make a result that another was to make, which waits for it.
  mutating func overtake(_ maker: Int, _ node: Int, _ key: Key) {
    makers[Maker(key: key, isStored: true)] = node
    overtaken.insert(maker)
  }

  /// Gives a node whose inputs are there the result of the one that has overtaken it.
  ///
  /// - Returns: False if there is none: it runs.
  mutating func takeFromOvertaker(_ node: Int) -> Bool {
    guard overtaken.remove(node) != nil, let key = keys[node],
      let maker = makers[Maker(key: key, isStored: true)], maker != node,
      let artifact = artifacts[maker], broken[key] != artifact.artifact
    else { return false }
    becomeHit(node, artifact)
    for twin in twins.removeValue(forKey: node) ?? [] where phases[twin] == .awaitingTwin {
      becomeHit(twin, artifact)
    }
    return true
  }

  /// Whether some task ignores an input. Records are looked at once each, and only if two nodes have one key.
  private mutating func hasUnkeyedInputs() -> Bool {
    while !unkeyed.isFound, unkeyed.scanned < table.count {
      unkeyed.isFound = table.records[unkeyed.scanned].hasUnkeyedParameters
      unkeyed.scanned += 1
    }
    return unkeyed.isFound
  }
}
