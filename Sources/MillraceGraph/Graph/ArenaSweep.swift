/// The nodes that some leaves need, where all of them lie in one arena that is complete: found in one
/// walk from the youngest record to the oldest, since inputs are older than consumers.
struct ArenaSweep {
  /// In creation order, without modified handles.
  private(set) var records: [UnsafePointer<NodeRecord>] = []
  private(set) var modified: [UnsafePointer<NodeRecord>] = []
  /// The calls on instances.
  private(set) var methods: [UnsafePointer<NodeRecord>] = []
  /// The position in ``records`` by place in the arena, and below 0 for a record that is not there.
  private(set) var positions: [Int32]

  private static let absent: Int32 = -2
  private static let wanted: Int32 = -1

  /// - Returns: Nil where nodes lie in several arenas, or the arena is still written.
  /// - Complexity: O(*v* + *e*) for the whole arena.
  init?(_ leaves: [AnyNode]) {
    guard let arena = leaves.first?.arena, arena.isSealed,
      leaves.allSatisfy({ $0.arena === arena })
    else { return nil }
    positions = Array(repeating: Self.absent, count: Int(arena.count))
    for leaf in leaves { positions[Int(leaf.record.pointee.index)] = Self.wanted }
    guard collect(arena) else { return nil }
    records.reverse()
    positions.withUnsafeMutableBufferPointer { positions in
      for (position, record) in records.enumerated() {
        positions[Int(record.pointee.index)] = Int32(truncatingIfNeeded: position)
      }
    }
  }

  /// - Returns: Whether every node lies in the arena.
  private mutating func collect(_ arena: NodeArena) -> Bool {
    var found: [UnsafePointer<NodeRecord>] = []
    var handles: [UnsafePointer<NodeRecord>] = []
    var calls: [UnsafePointer<NodeRecord>] = []
    var isWhole = true
    let records = arena.records
    found.reserveCapacity(Int(arena.count))
    positions.withUnsafeMutableBufferPointer { positions in
      for index in positions.indices.reversed() where positions[index] == Self.wanted {
        let record = records[index]
        switch record.shape {
        case .modified: handles.append(record)
        case .method:
          found.append(record)
          calls.append(record)
          // An older call, so the walk has yet to come to it.
          if let previous = record.previousCall {
            positions[Int(previous.pointee.index)] = Self.wanted
          }
        default: found.append(record)
        }
        let constants = record.pointee.constants
        for input in 0..<record.inputCount {
          if constants != 0 && record.isConstant(input) { continue }
          let source = record.sourceIndex(input)
          guard source >= 0 else {
            isWhole = false
            return
          }
          positions[Int(source)] = Self.wanted
        }
      }
    }
    self.records = found
    modified = handles
    methods = calls
    return isWhole
  }
}
