import MillraceGraph

/// The slots of a ``Flow`` in the making, node after node in declaration order.
struct FlowDraft: ~Copyable {
  private(set) var count = 0
  let slots: UnsafeMutablePointer<FlowSlot>
  private(set) var drops: FlowDrops?
  private(set) var stepCount = 0
  private(set) var taskCount = 0
  private(set) var hasAsynchronousBodies = false
  private(set) var hasKeys = false
  private(set) var hasStored = false
  private var hasUnstored = false
  private let capacity: Int
  private var lastDefinition: UnsafeRawPointer?
  private var traits = FlowTraits.unfit

  init(capacity: Int) {
    self.capacity = capacity
    let count = max(1, capacity)
    // Two slots to a cache line; and cells must be aligned to 16 bytes.
    slots = UnsafeMutableRawPointer.allocate(
      byteCount: count * MemoryLayout<FlowSlot>.stride, alignment: 64
    ).bindMemory(to: FlowSlot.self, capacity: count)
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
      if traits.isKeyed { hasKeys = true }
      if traits.isStored { hasStored = true }
      if traits.isUnstored { hasUnstored = true }
      if hasStored && hasUnstored { return false }
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
        guard (slots + source).isDropped else { return }
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
  private static let keyed = FlowTraits(rawValue: 32)
  private static let stored = FlowTraits(rawValue: 64)
  private static let member = FlowTraits(rawValue: 128)

  /// The value must be destroyed.
  var isDropped: Bool { contains(.dropped) }
  var isTask: Bool { contains(.task) }
  var isAsynchronous: Bool { contains(.asynchronous) }
  /// Whether it has a key, by which nodes that are the same are found.
  var isKeyed: Bool { contains(.keyed) }
  /// Whether its value is kept in the store.
  var isStored: Bool { contains(.stored) }
  /// Whether its value is there only while it is needed, and is more than a list of others.
  var isUnstored: Bool { contains(.member) || isTask && !isStored }

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ record: UnsafePointer<NodeRecord>, role: Role) {
    let definition = record.definition
    switch role {
    case .constant: self = .constant
    case .off where !definition.hasAttemptPolicy,
      .transient where !definition.hasAttemptPolicy:
      self = definition.output.isTrivial ? .task : [.task, .dropped]
      if role == .transient { insert(.keyed) }
      if !definition.isSynchronous { insert(.asynchronous) }
    case .stored where definition.canBeStored:
      self = definition.output.isTrivial ? [.task, .stored] : [.task, .stored, .dropped]
      if !definition.isSynchronous { insert(.asynchronous) }
    case .collect, .projection:
      self = definition.output.isTrivial ? [] : .dropped
      if role == .projection { insert(.member) }
    default: self = .unfit
    }
  }
}

extension TaskDefinition {
  /// Whether all inputs are parts of the key, so that what a node needs to be looked up is all that it needs,
  /// and its value can be encoded.
  fileprivate var canBeStored: Bool {
    !hasAttemptPolicy && !hasUnkeyedParameters && output.codec != nil
  }

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
      && backend == nil && !isForced
  }
}
