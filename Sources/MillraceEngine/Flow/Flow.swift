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
  /// The arena whose places are the nodes' positions, if they are.
  let arena: NodeArena?
  /// What keeps the records alive otherwise.
  private let arenas: [NodeArena]

  struct Edges {
    let first: Memory<Int32>
    let sources: Memory<Int32>
  }

  init(
    _ draft: consuming FlowDraft, edges: Edges?, arena: NodeArena?, keeping arenas: [NodeArena],
    leaves: [(node: Int, isKept: Bool)]
  ) {
    count = draft.count
    slots = draft.slots
    self.edges = edges
    drops = draft.drops
    stepCount = draft.stepCount
    taskCount = draft.taskCount
    hasAsynchronousBodies = draft.hasAsynchronousBodies
    self.arena = arena
    self.arenas = arenas
    guard let drops else { return }
    for leaf in leaves where leaf.isKept && slots[leaf.node].isDropped { drops.hold(leaf.node) }
  }

  deinit {
    if let drops {
      for node in 0..<count where drops.isHeld(node) && isDone(node) {
        slots[node].record.definition.output.destroy(cell(node))
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
    isDone(node) && (!slots[node].isDropped || drops?.isHeld(node) == true)
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

/// The slots of a ``Flow`` in the making, node after node in declaration order.
struct FlowDraft: ~Copyable {
  private(set) var count = 0
  let slots: UnsafeMutablePointer<FlowSlot>
  private(set) var drops: FlowDrops?
  private(set) var stepCount = 0
  private(set) var taskCount = 0
  private(set) var hasAsynchronousBodies = false
  private let capacity: Int
  private var lastDefinition: UnsafeRawPointer?
  private var traits = FlowTraits.unfit

  init(capacity: Int) {
    self.capacity = capacity
    slots = HugePages.allocate(byteCount: max(1, capacity) * MemoryLayout<FlowSlot>.stride)
      .bindMemory(to: FlowSlot.self, capacity: max(1, capacity))
  }

  /// Adds a node.
  ///
  /// - Parameters:
  ///   - role: By the definition, if nil.
  ///   - forEachSource: Calls its argument with each node that gives an input.
  /// - Returns: Whether the node can go the short way.
  @inline(__always)
  mutating func append(
    _ record: UnsafePointer<NodeRecord>, role: Role? = nil,
    forEachSource: ((Int) -> Void) -> Void
  ) -> Bool {
    let definition = UnsafeRawPointer(record.pointee.definition.toOpaque())
    if definition != lastDefinition || role != nil {
      let isPlain = role != nil || record.definition.isPlain
      traits = isPlain ? FlowTraits(record, role: role ?? Role(record, cache: nil)) : .unfit
      lastDefinition = definition
      if traits == .unfit { return false }
      if traits.isAsynchronous { hasAsynchronousBodies = true }
      if traits.isDropped && drops == nil { drops = FlowDrops(from: count, count: capacity) }
    }
    let node = count
    count += 1
    if traits == .constant {
      (slots + node).initialize(to: FlowSlot(record, isDone: true))
      // Lent by the record, and never destroyed here.
      UnsafeMutableRawPointer(slots + node).copyMemory(
        from: record.cell(0), byteCount: Cell.size)
      return true
    }
    stepCount += 1
    if traits.isTask { taskCount += 1 }
    var dropsInputs = false
    if let drops {
      let slots = slots
      forEachSource { source in
        guard slots[source].isDropped else { return }
        dropsInputs = true
        drops.add(node, of: source)
      }
      // While it is made, so that a value that nobody takes is destroyed too.
      if traits.isDropped { drops.hold(node) }
    }
    (slots + node).initialize(
      to: FlowSlot(
        record, isDropped: traits.isDropped, dropsInputs: dropsInputs,
        isAsynchronous: traits.isAsynchronous))
    return true
  }
}

/// What a definition says about the short way.
struct FlowTraits: OptionSet {
  let rawValue: UInt8
  /// A constant's node, which is no step.
  static let constant = FlowTraits(rawValue: 1)
  /// Some node that needs more than counters.
  static let unfit = FlowTraits(rawValue: 2)
  private static let dropped = FlowTraits(rawValue: 4)
  private static let task = FlowTraits(rawValue: 8)
  private static let asynchronous = FlowTraits(rawValue: 16)

  /// The value must be destroyed.
  var isDropped: Bool { contains(.dropped) }
  var isTask: Bool { contains(.task) }
  var isAsynchronous: Bool { contains(.asynchronous) }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ record: UnsafePointer<NodeRecord>, role: Role) {
    let definition = record.definition
    switch role {
    case .constant: self = .constant
    case .off where !definition.hasAttemptPolicy:
      self = definition.output.isTrivial ? .task : [.task, .dropped]
      if !definition.isSynchronous { insert(.asynchronous) }
    case .collect, .projection:
      self = definition.output.isTrivial ? [] : .dropped
    default: self = .unfit
    }
  }
}

extension TaskDefinition {
  /// Whether nothing is known of its nodes that has to do with others: no order, no resources.
  fileprivate var isPlain: Bool {
    shape != .instance && shape != .method && attributes.priority == 0
      && attributes.resources.isEmpty
  }
}

extension NodeAttributes {
  /// Whether a node that these are said of can go the short way.
  var isPlain: Bool {
    !isPrinted && exports.isEmpty && !hasAttemptPolicy && failure == nil && fallback == nil
      && backend == nil && (cache == nil || cache == .off)
  }
}
