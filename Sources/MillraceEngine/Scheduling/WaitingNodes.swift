/// Nodes that wait, the one to go first on top: a binary heap in a backend's order.
struct WaitingNodes {
  struct Entry {
    var node: Int
    /// When it became ready: the number of the report that made it so.
    var arrival: Int
  }

  private let order: BackendCapacity.Order
  private var entries: [Entry] = []

  init(order: BackendCapacity.Order) { self.order = order }

  var first: Entry? { entries.first }
  var nodes: [Int] { entries.map(\.node) }

  func precedes(_ first: Entry, _ second: Entry) -> Bool {
    if order == .newestFirst && first.arrival != second.arrival {
      return first.arrival > second.arrival
    }
    return first.node < second.node
  }

  /// - Complexity: O(log *n*), as ``removeFirst()``.
  mutating func insert(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(entries[child], entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  /// - Precondition: There is one.
  mutating func removeFirst() -> Entry {
    entries.swapAt(0, entries.count - 1)
    let first = entries.removeLast()
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < entries.count else { return first }
      let right = left + 1
      let hasRight = right < entries.count && precedes(entries[right], entries[left])
      let child = hasRight ? right : left
      guard precedes(entries[child], entries[parent]) else { return first }
      entries.swapAt(child, parent)
      parent = child
    }
  }

  mutating func removeAll() { entries = [] }
}
