import MillraceGraph

/// The short way through a graph that has no keys, no policies and nobody who watches: nothing but
/// counters of missing inputs, and workers that take a node when its counter reaches zero.
///
/// `RunState` gives the same answers for such a graph; it knows of much that cannot happen there. What
/// becomes of each node is handed to it at the end.
final class Flow: @unchecked Sendable {
  // Written by the thread that makes it. Then a node's counter is changed atomically, and its cell is
  // written by the one worker that runs it, before the counters of its consumers are.
  let count: Int
  let records: Memory<UnsafePointer<NodeRecord>>
  let cells: UnsafeMutableRawPointer
  let firstInput: UnsafeMutablePointer<Int32>
  let sources: UnsafeMutablePointer<Int32>
  let firstConsumer: UnsafeMutablePointer<Int32>
  let links: UnsafeMutablePointer<NodeTable.ConsumerLink>
  /// Inputs that are missing; ``done`` once the node's value is there.
  let missing: Memory<Int32>
  /// Consumers that still need a value that has to be destroyed; 0 for other values.
  let uses: Memory<Int32>
  /// By position: what a worker must know of a node at once.
  let marks: Memory<UInt8>
  /// Nodes that miss nothing from the start, in declaration order.
  let starts: Memory<Int32>
  private let keptAlive: [AnyObject]

  static let done: Int32 = -1
  /// The value must be destroyed after its last use.
  static let dropped: UInt8 = 1
  /// Some input is ``dropped``.
  static let dropsInputs: UInt8 = 2
  /// A constant's node, which is no step.
  static let constant: UInt8 = 4
  /// The value was destroyed.
  static let gone: UInt8 = 8

  /// - Returns: Nil if the graph needs more than this.
  init?(_ table: borrowing NodeTable, values: ValueBuffer, leaves: [(node: Int, isKept: Bool)]) {
    guard table.befores.isEmpty, table.attributes.values.allSatisfy(\.isPlain) else { return nil }
    count = table.count
    records = Memory(table.records)
    cells = values.row
    firstInput = table.firstInput.values
    sources = table.sources.values
    firstConsumer = table.firstConsumer.values
    links = table.consumers.values
    keptAlive = [
      values, table.firstInput, table.sources, table.firstConsumer, table.consumers,
    ]
    missing = Memory(repeating: 0, count: count)
    uses = Memory(repeating: 0, count: count)
    marks = Memory(repeating: 0, count: count)
    starts = Memory(capacity: 16)
    for node in 0..<count {
      let record = records[node]
      let first = Int(firstInput[node])
      guard let traits = record.flowTraits(role: table.roles[node]) else { return nil }
      if traits == Self.constant {
        marks[node] = traits
        missing[node] = Self.done
        // Lent by the record, and never destroyed here.
        cell(node).copyMemory(from: record.cell(0), byteCount: Cell.size)
        continue
      }
      var mark = traits
      var needed: Int32 = 0
      for edge in first..<first + record.inputCount {
        let source = Int(sources[edge])
        guard source >= 0 else { continue }
        let sourceMark = marks[source]
        if sourceMark != Self.constant { needed += 1 }
        if sourceMark & Self.dropped != 0 {
          mark |= Self.dropsInputs
          uses[source] += 1
        }
      }
      marks[node] = mark
      missing[node] = needed
      if needed == 0 { starts.append(Int32(truncatingIfNeeded: node)) }
    }
    for leaf in leaves where leaf.isKept && marks[leaf.node] & Self.dropped != 0 {
      uses[leaf.node] += 1
    }
    // One more while it is made, so that a value that nobody takes is destroyed too.
    for node in 0..<count where marks[node] & Self.dropped != 0 { uses[node] += 1 }
  }

  func isDone(_ node: Int) -> Bool { missing[node] == Self.done }

  @inline(__always)
  func cell(_ node: Int) -> UnsafeMutableRawPointer { cells + node * Cell.size }
}

extension NodeAttributes {
  /// Whether a node that these are said of can go the short way.
  var isPlain: Bool {
    !isPrinted && exports.isEmpty && !hasAttemptPolicy && failure == nil && fallback == nil
      && backend == nil && (cache == nil || cache == .off)
  }
}

extension UnsafePointer<NodeRecord> {
  /// The node's first marks; nil if it cannot go the short way.
  fileprivate func flowTraits(role: Role) -> UInt8? {
    guard pointee.place == nil || place?.backend == nil else { return nil }
    return pointee.definition._withUnsafeGuaranteedRef { definition in
      switch role {
      case .constant: return Flow.constant
      case .off:
        guard definition.isSynchronous, !definition.hasAttemptPolicy else { return nil }
      case .collect, .projection: break
      default: return nil
      }
      return definition.output.isTrivial ? 0 : Flow.dropped
    }
  }
}
