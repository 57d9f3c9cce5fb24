import MillraceCoding
import MillraceGraph

/// The keys of a flow's tasks with `cache: .transient`, by position.
///
/// Nothing is looked up by them: they tell nodes that are the same, and tasks' random numbers start from
/// them. So they are made in one walk in declaration order, and stay out of the way of the run.
struct FlowKeys: Sendable {
  /// What a node contributes to the keys of others.
  enum Part: UInt8 {
    /// Nothing that is known before something runs.
    case unknown
    case key, digest
    /// The digest of a constant's value, once somebody asks.
    case constant
    /// The list of what its inputs contribute.
    case list
  }

  private let parts: Memory<Part>
  /// Of nodes whose part is a key or a digest.
  private let digests: Memory<Digest>

  /// Works out all keys.
  ///
  /// - Parameters:
  ///   - roles: The nodes' roles; nil where their tasks say them.
  ///   - check: Called now and then; it throws when planning is to end.
  /// - Returns: Nil where `RunState` is needed: if a key depends on a value or a file, if a node has none, or if
  ///   two nodes have the same and are to share a value.
  init?(
    _ flow: Flow, _ keyMaker: KeyMaker, roles: [Role]?, check: () throws -> Void
  ) throws {
    let walk = FlowKeyWalk(flow, keyMaker)
    for node in 0..<flow.count {
      if node & 0xfff == 0 { try check() }
      guard walk.add(node, roles?[node]) else { return nil }
    }
    (parts, digests) = (walk.parts, walk.digests)
    if hasEqualKeys(atMost: flow.taskCount) { return nil }
  }

  /// Whether two nodes have the same key.
  ///
  /// Looked for when all keys are there, in a loop that does little else: then the processor waits for many
  /// places of the table at once, which lie anywhere in memory.
  private func hasEqualKeys(atMost keyCount: Int) -> Bool {
    var size = 16
    while size < 2 * keyCount { size *= 2 }
    let nodes = Memory<Int32>(repeating: -1, count: size)
    for node in 0..<parts.count where parts[node] == .key {
      var place = Int(truncatingIfNeeded: digests[node].shortHash) & (size - 1)
      while nodes[place] >= 0 {
        if digests[Int(nodes[place])] == digests[node] { return true }
        place = (place + 1) & (size - 1)
      }
      nodes[place] = Int32(truncatingIfNeeded: node)
    }
    return false
  }

  /// A node's key; nil if it needs none.
  subscript(node: Int) -> Key? { parts[node] == .key ? Key(digests[node]) : nil }
}
