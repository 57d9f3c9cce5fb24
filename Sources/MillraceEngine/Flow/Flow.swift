import MillraceGraph

/// The short way through a graph that has no keys, no policies and nobody who watches. Workers go
/// through the nodes in declaration order; one that misses an input is put in line for it, and taken up
/// by who makes it.
///
/// That order is the order of the nodes in memory and one in which inputs come first. So a node seldom
/// waits, needs no counter and no list of consumers, and finds its inputs where they were just written:
/// a graph in layers runs ten times as fast as when each node is followed by one that it made ready.
///
/// `RunState` gives the same answers for such a graph; it knows of much that cannot happen there. What
/// becomes of each node is handed to it at the end, if somebody asks.
final class Flow: @unchecked Sendable {
  // Written by the thread that makes it. Then a slot's state is changed atomically, and all else of it
  // by the one worker that has taken the node, before the state says that it is done.
  let count: Int
  let slots: UnsafeMutablePointer<FlowSlot>
  /// The nodes that edges come from; nil where they are numbered as in their arena, so that records say
  /// it themselves.
  let edges: Edges?
  /// Nil if no value has to be destroyed.
  let drops: FlowDrops?
  /// Nodes that are run, and how many of them are tasks.
  let stepCount: Int
  let taskCount: Int
  /// Whether some body is asynchronous.
  let hasAsynchronousBodies: Bool
  /// Whether some task has a key.
  let hasKeys: Bool
  /// Whether all tasks are stored; otherwise none is.
  let isStored: Bool
  /// The arena whose places are the nodes' positions, if they are.
  let arena: NodeArena?
  /// Nodes whose values are kept until the result is gone.
  let kept: [Int]
  /// Keep the records alive.
  private let handles: [AnyNode]

  struct Edges {
    let first: Memory<Int32>
    let sources: Memory<Int32>
  }

  init(
    _ draft: consuming FlowDraft, edges: Edges?, arena: NodeArena?, handles: [AnyNode],
    leaves: [(node: Int, isKept: Bool)]
  ) {
    count = draft.count
    slots = draft.slots
    self.edges = edges
    drops = draft.drops
    stepCount = draft.stepCount
    taskCount = draft.taskCount
    hasAsynchronousBodies = draft.hasAsynchronousBodies
    hasKeys = draft.hasKeys
    isStored = draft.hasStored
    self.arena = arena
    self.handles = handles
    kept = leaves.compactMap { $0.isKept ? $0.node : nil }
    guard let drops else { return }
    for leaf in leaves where leaf.isKept && (slots + leaf.node).isDropped { drops.hold(leaf.node) }
  }

  deinit {
    // What is stored is destroyed by who knows which values are there.
    if let drops, !isStored {
      for node in 0..<count where drops.isHeld(node) && isDone(node) {
        (slots + node).record.definition.output.destroy(cell(node))
      }
    }
    slots.deallocate()
  }

  /// Where a node of ``arena`` stands; nil for another.
  func position(of record: UnsafePointer<NodeRecord>) -> Int? {
    let record = record.original
    return record.arena === arena ? Int(record.pointee.index) : nil
  }

  func isDone(_ node: Int) -> Bool { (slots + node).isDone }

  /// Whether a node's value can be read now.
  func hasValue(_ node: Int) -> Bool {
    isDone(node) && (!(slots + node).isDropped || drops?.isHeld(node) == true)
  }

  @inline(__always)
  func cell(_ node: Int) -> UnsafeMutableRawPointer { UnsafeMutableRawPointer(slots + node) }

  /// The node that gives an input; below 0 for a constant.
  @inline(__always)
  func source(_ input: Int, of node: Int, _ record: UnsafePointer<NodeRecord>) -> Int {
    if let edges { return Int(edges.sources[Int(edges.first[node]) + input]) }
    return record.isConstant(input) ? -1 : Int(record.sourceIndex(input))
  }
}
