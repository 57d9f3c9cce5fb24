import MillraceGraph
import Synchronization

/// What a ``Flow`` knows of values that have to be destroyed: who needs them, and how often.
///
/// Who takes such a value runs as soon as it can, before the nodes that were declared in between, so that
/// few values are alive: of a thousand files that are all loaded and then all summed up, a worker holds
/// one. Graphs of plain numbers know nothing of this.
final class FlowDrops: @unchecked Sendable {
  // Written by the thread that makes the flow; counters and claims are then changed atomically.

  /// The first node that has such a value; there are none before.
  private let base: Int
  /// Consumers that still need a value, and one while it is made; 0 for other values.
  private let uses: Memory<Int32>
  /// Inputs of this kind that a node misses.
  private let missing: Memory<Int32>
  /// 1 for a node that a worker has taken up.
  private let claims: Memory<Int32>
  private let firstConsumer: Memory<Int32>
  private let consumers = Memory<NodeTable.ConsumerLink>()

  init(from base: Int, count: Int) {
    self.base = base
    uses = Memory(repeating: 0, count: count - base)
    missing = Memory(repeating: 0, count: count - base)
    claims = Memory(repeating: 0, count: count - base)
    firstConsumer = Memory(repeating: -1, count: count - base)
  }

  /// Notes that a node takes such a value.
  func add(_ consumer: Int, of source: Int) {
    uses[source - base] += 1
    missing[consumer - base] += 1
    let next = firstConsumer[source - base]
    firstConsumer[source - base] = Int32(truncatingIfNeeded: consumers.count)
    consumers.append(
      NodeTable.ConsumerLink(consumer: Int32(truncatingIfNeeded: consumer), next: next))
  }

  /// Notes that a value is needed once more.
  func hold(_ node: Int) { uses[node - base] += 1 }

  /// Whether a value is still needed.
  func isHeld(_ node: Int) -> Bool { node >= base && uses[node - base] > 0 }

  /// A value is needed once less.
  ///
  /// - Returns: Whether that was the last time.
  func release(_ node: Int) -> Bool {
    Self.atomic(uses, node - base) {
      $0.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
  }

  /// Takes a node up.
  ///
  /// - Returns: False if another worker did.
  func claim(_ node: Int) -> Bool {
    Self.atomic(claims, node - base) { $0.exchange(1, ordering: .acquiringAndReleasing) == 0 }
  }

  /// Says that a value is there.
  ///
  /// - Parameter body: Called with each consumer that now misses no input of this kind, from the last
  ///   declared to the first.
  func publish(_ node: Int, _ body: (Int32) -> Void) {
    var edge = firstConsumer[node - base]
    while edge >= 0 {
      let link = consumers[Int(edge)]
      let isLast = Self.atomic(missing, Int(link.consumer) - base) {
        $0.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
      }
      if isLast { body(link.consumer) }
      edge = link.next
    }
  }

  @inline(__always)
  private static func atomic<Result>(
    _ memory: Memory<Int32>, _ index: Int, _ body: (borrowing Atomic<Int32>) -> Result
  ) -> Result {
    // An `Atomic` has the layout of its value, so plain memory can be one.
    (memory.values + index).withMemoryRebound(to: Atomic<Int32>.self, capacity: 1) {
      body($0.pointee)
    }
  }
}
