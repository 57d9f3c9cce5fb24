import MillraceGraph

/// A node's place in a ``Flow``: all that is written of it in a run, in half a cache line.
struct FlowSlot {
  /// The value's cell.
  private var value: (UInt64, UInt64) = (0, 0)
  /// The record's address. Records are aligned to 16 bytes, so there is room for two flags.
  private var tagged: UInt
  /// Inputs that are missing; ``done`` once the value is there.
  var missing: Int32
  /// The first of the edges that leave the node; below 0 if there is none.
  var firstConsumer: Int32 = -1

  static let done: Int32 = -1

  private static let dropped: UInt = 1
  private static let dropsInputs: UInt = 2

  /// - Parameters:
  ///   - isDropped: Whether the value must be destroyed after its last use.
  ///   - dropsInputs: Whether some input is such a value.
  @inline(__always)
  init(
    _ record: UnsafePointer<NodeRecord>, missing: Int32, isDropped: Bool, dropsInputs: Bool
  ) {
    tagged =
      UInt(bitPattern: record) | (isDropped ? Self.dropped : 0)
      | (dropsInputs ? Self.dropsInputs : 0)
    self.missing = missing
  }

  @inline(__always)
  var record: UnsafePointer<NodeRecord> {
    UnsafePointer(bitPattern: tagged & ~15).unsafelyUnwrapped
  }
  @inline(__always)
  var isDropped: Bool { tagged & Self.dropped != 0 }
  @inline(__always)
  var isConcernedByDrops: Bool { tagged & (Self.dropped | Self.dropsInputs) != 0 }
  @inline(__always)
  var isDone: Bool { missing == Self.done }
}
