import MillraceGraph
import Synchronization

/// A node's place in a ``Flow``: all that is written of it in a run, in half a cache line.
struct FlowSlot {
  /// The value's cell. Before there is a value, how many inputs are known to be there.
  fileprivate var value: (UInt64, UInt64) = (0, 0)
  /// The record's address. Records are aligned to 16 bytes, so there is room for flags.
  fileprivate var tagged: UInt
  /// ``done`` once the value is there; before, the first of the nodes that wait for it, or ``nobody``.
  private var state: Int32
  /// The next of those that wait for the same node as this one.
  var next: Int32 = Self.nobody

  static let nobody: Int32 = -1
  static let done: Int32 = -2

  fileprivate static let dropped: UInt = 1
  fileprivate static let dropsInputs: UInt = 2
  fileprivate static let consumed: UInt = 4
  fileprivate static let asynchronous: UInt = 8

  /// - Parameters:
  ///   - isDropped: Whether the value must be destroyed after its last use.
  ///   - dropsInputs: Whether some input is such a value.
  @inline(__always)
  init(
    _ record: UnsafePointer<NodeRecord>, isDone: Bool = false, isDropped: Bool = false,
    dropsInputs: Bool = false, isAsynchronous: Bool = false
  ) {
    tagged =
      UInt(bitPattern: record) | (isDropped ? Self.dropped : 0)
      | (dropsInputs ? Self.dropsInputs : 0) | (isAsynchronous ? Self.asynchronous : 0)
    state = isDone ? Self.done : Self.nobody
  }
}

// Facts are asked of a slot where it lies: a copy of all of it would read its state, which others change.
extension UnsafeMutablePointer<FlowSlot> {
  @inline(__always)
  var record: UnsafePointer<NodeRecord> {
    UnsafePointer(bitPattern: pointee.tagged & ~15).unsafelyUnwrapped
  }
  @inline(__always)
  var isDropped: Bool { pointee.tagged & FlowSlot.dropped != 0 }
  /// Whether some input has to be destroyed.
  @inline(__always)
  var dropsInputs: Bool { pointee.tagged & FlowSlot.dropsInputs != 0 }
  @inline(__always)
  var isConcernedByDrops: Bool { pointee.tagged & (FlowSlot.dropped | FlowSlot.dropsInputs) != 0 }
  @inline(__always)
  var isAsynchronous: Bool { pointee.tagged & FlowSlot.asynchronous != 0 }
  /// Whether some node takes the value; noted while a flow is made.
  @inline(__always)
  var isConsumed: Bool {
    get { pointee.tagged & FlowSlot.consumed != 0 }
    nonmutating set {
      let others = pointee.tagged & ~FlowSlot.consumed
      pointee.tagged = newValue ? others | FlowSlot.consumed : others
    }
  }
  @inline(__always)
  var knownInputs: Int {
    get { Int(truncatingIfNeeded: pointee.value.0) }
    nonmutating set { pointee.value.0 = UInt64(truncatingIfNeeded: newValue) }
  }
}

extension UnsafeMutablePointer<FlowSlot> {
  @inline(__always)
  private func withState<Result>(_ body: (borrowing Atomic<Int32>) -> Result) -> Result {
    // It lies behind the cell and the record's address. `&pointee.state` would claim it for one thread
    // alone, and an `Atomic` has the layout of its value, so plain memory can be one.
    let state = UnsafeMutableRawPointer(self) + Cell.size + MemoryLayout<UInt>.size
    return state.withMemoryRebound(to: Atomic<Int32>.self, capacity: 1) { body($0.pointee) }
  }

  /// Whether the value is there, and can be read by this thread.
  @inline(__always)
  var isDone: Bool { withState { $0.load(ordering: .acquiring) == FlowSlot.done } }

  /// Says that the value is there.
  ///
  /// - Returns: The first of those that waited for it.
  @inline(__always)
  func finish() -> Int32 {
    withState { $0.exchange(FlowSlot.done, ordering: .acquiringAndReleasing) }
  }

  /// Says that the value is there where nobody can wait for it.
  @inline(__always)
  func finishAlone() { withState { $0.store(FlowSlot.done, ordering: .releasing) } }

  /// Puts a node in line for the value; another worker may take it up at once.
  ///
  /// - Returns: False if the value is there, and nobody need wait.
  func await(by node: Int32, _ slot: UnsafeMutablePointer<FlowSlot>) -> Bool {
    withState { state in
      var first = state.load(ordering: .acquiring)
      while first != FlowSlot.done {
        slot.pointee.next = first
        let (exchanged, original) = state.compareExchange(
          expected: first, desired: node, ordering: .acquiringAndReleasing)
        if exchanged { return true }
        first = original
      }
      return false
    }
  }
}
