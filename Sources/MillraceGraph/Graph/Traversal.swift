/// The nodes that some leaves need, each once and in an order in which inputs come first.
///
/// The order is that of creation: a node is made only from nodes that exist, so it is topological, and
/// equal programs have equal orders. No step recurses.
///
/// - Complexity: O(*v* + *e*) for the nodes of one `Graph { … }`; O(*v* log *v* + *e*) where nodes were
///   made outside of one.
package struct Traversal: Sendable {
  // Records are immutable; `arenas` keeps them alive.
  nonisolated(unsafe) package private(set) var records: [UnsafePointer<NodeRecord>] = []
  /// What modifiers say, by position; few nodes have any.
  package private(set) var attributes: [Int: NodeAttributes] = [:]
  package private(set) var leaves: [Int] = []
  /// The positions of what a node starts after without taking its value; few nodes have any.
  package private(set) var befores: [Int: [Int]] = [:]
  /// For calls on an instance: the position of the call before.
  package private(set) var previousCalls: [Int: Int] = [:]
  /// Whether an author wrote an order, which may lead in a circle.
  package private(set) var isOrderWritten = false
  /// What keeps the records alive.
  private let arenas: [NodeArena]
  /// Who stands for nodes that the graph had before it was changed.
  private let standIns: StandIns?
  private var positions = PositionMap()

  package init(_ nodes: [AnyNode], standIns: StandIns? = nil) {
    self.standIns = standIns
    arenas = nodes.map(\.arena)
    nonisolated(unsafe) var modified: [UnsafePointer<NodeRecord>] = []
    nonisolated(unsafe) var methods: [UnsafePointer<NodeRecord>] = []
    if let sweep = ArenaSweep(nodes) {
      records = sweep.records
      modified = sweep.modified
      methods = sweep.methods
      positions = PositionMap(sweep.positions, of: nodes[0].arena)
    } else {
      (modified, methods) = visit(nodes)
    }
    if !modified.isEmpty {
      for (record, merged) in NodeAttributes.merged(modified) {
        attributes[positions[record]] = merged
      }
    }
    leaves = nodes.map { positions[$0.record.original] }
    if !modified.isEmpty || !methods.isEmpty {
      note(NodeOrder(methods: methods, modified: modified))
    }
  }

  private mutating func note(_ order: NodeOrder) {
    isOrderWritten = order.isWritten
    for (record, sources) in order.befores {
      befores[positions[record]] = sources.map { positions[$0] }
    }
    for (call, previous) in order.previousCalls {
      previousCalls[positions[call]] = positions[previous]
    }
  }

  /// Goes from the leaves backwards, wherever the nodes lie.
  ///
  /// - Returns: The modified handles, and the calls on instances.
  private mutating func visit(
    _ nodes: [AnyNode]
  ) -> (modified: [UnsafePointer<NodeRecord>], methods: [UnsafePointer<NodeRecord>]) {
    var modified: [UnsafePointer<NodeRecord>] = []
    var methods: [UnsafePointer<NodeRecord>] = []
    var pending = nodes.map(\.record)
    while let record = pending.popLast() {
      guard positions.insert(record) else { continue }
      switch record.shape {
      case .modified:
        modified.append(record)
        for input in 0..<record.inputCount { pending.append(record.source(input)) }
        continue
      case .method:
        methods.append(record)
        if let previous = record.previousCall { pending.append(previous) }
      default: break
      }
      records.append(record)
      let count = record.inputCount
      for input in 0..<count where !record.isConstant(input) {
        pending.append(record.source(input))
      }
    }
    order()
    for (position, record) in records.enumerated() { positions[record] = position }
    return (modified, methods)
  }

  /// Calls `body` with the position of each input's node, in order; ``constant`` for a constant.
  @inline(__always)
  package func forEachSource(
    of record: UnsafePointer<NodeRecord>, _ body: (_ position: Int32) -> Void
  ) {
    let count = record.inputCount
    let constants = record.pointee.constants
    for input in 0..<count {
      if constants != 0 && record.isConstant(input) {
        body(Self.constant)
      } else {
        body(positions.source(input, of: record))
      }
    }
  }

  package static var constant: Int32 { -1 }

  /// The position of a node that was reached.
  package func position(of record: UnsafePointer<NodeRecord>) -> Int {
    positions[record.original]
  }

  /// The position of a node; nil if no leaf needs it.
  package func find(_ record: UnsafePointer<NodeRecord>) -> Int? {
    positions.find(record.original)
      ?? standIns?.node(for: record).flatMap { positions.find($0.original) }
  }

  private mutating func order() {
    guard let arena = records.first?.arena else { return }
    if records.allSatisfy({ $0.arena === arena }) {
      // Positions in one arena are dense, so counting them is sorting them.
      var slots = [UnsafePointer<NodeRecord>?](
        repeating: nil, count: Int(records.map(\.pointee.index).max() ?? 0) + 1)
      for record in records { slots[Int(record.pointee.index)] = record }
      records = slots.compactMap { $0 }
    } else {
      records.sort { $0.ordinal < $1.ordinal }
    }
  }
}

/// Numbers for records: an array for each arena, since records know their index there.
private struct PositionMap: Sendable {
  private var slots: [[Int32]] = []
  /// The arena of all records, where a sweep has numbered them; 0 otherwise.
  private var onlyArena: UInt = 0
  private var arenas: [UInt: Int] = [:]
  private var lastArena: UInt = 0
  private var lastSlot = 0

  private static let absent: Int32 = -2
  private static let unnumbered: Int32 = -1

  init() {}

  init(_ positions: [Int32], of arena: NodeArena) {
    onlyArena = UInt(bitPattern: Unmanaged.passUnretained(arena).toOpaque())
    slots = [positions]
    arenas = [onlyArena: 0]
    (lastArena, lastSlot) = (onlyArena, 0)
  }

  /// The position of the node that gives an input.
  @inline(__always)
  func source(_ input: Int, of record: UnsafePointer<NodeRecord>) -> Int32 {
    let index = record.sourceIndex(input)
    if onlyArena != 0 && index >= 0 {
      let position = slots[0][Int(index)]
      if position >= 0 { return position }
    }
    return Int32(self[record.source(input).original])
  }

  /// - Returns: Whether the record was not there.
  mutating func insert(_ record: UnsafePointer<NodeRecord>) -> Bool {
    let slot = slot(of: record)
    let index = Int(record.pointee.index)
    if index >= slots[slot].count {
      let size = max(index + 1, slots[slot].count * 2)
      slots[slot].append(
        contentsOf: repeatElement(Self.absent, count: size - slots[slot].count))
    }
    guard slots[slot][index] == Self.absent else { return false }
    slots[slot][index] = Self.unnumbered
    return true
  }

  private mutating func slot(of record: UnsafePointer<NodeRecord>) -> Int {
    let arena = UInt(bitPattern: record.pointee.group.pointee.arena.toOpaque())
    if arena == lastArena { return lastSlot }
    let slot = arenas[arena] ?? slots.count
    if slot == slots.count {
      arenas[arena] = slot
      slots.append([])
    }
    (lastArena, lastSlot) = (arena, slot)
    return slot
  }

  func find(_ record: UnsafePointer<NodeRecord>) -> Int? {
    let index = Int(record.pointee.index)
    guard let slot = arenas[UInt(bitPattern: record.pointee.group.pointee.arena.toOpaque())],
      index < slots[slot].count, slots[slot][index] >= 0
    else { return nil }
    return Int(slots[slot][index])
  }

  subscript(record: UnsafePointer<NodeRecord>) -> Int {
    get {
      let arena = UInt(bitPattern: record.pointee.group.pointee.arena.toOpaque())
      let slot = arena == lastArena ? lastSlot : arenas[arena] ?? 0
      return Int(slots[slot][Int(record.pointee.index)])
    }
    set {
      let slot = slot(of: record)
      slots[slot][Int(record.pointee.index)] = Int32(newValue)
    }
  }
}
