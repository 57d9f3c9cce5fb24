/// Bodies that wait, those of the earliest element first: a binary heap.
struct BodyQueue {
  /// Positions of a node and of the element that it is copied for.
  struct Entry {
    var element: Int
    var node: Int

    static func < (first: Entry, second: Entry) -> Bool {
      (first.element, first.node) < (second.element, second.node)
    }
  }

  private var entries: [Entry] = []

  var first: Entry? { entries.first }

  mutating func push(_ entry: Entry) {
    entries.append(entry)
    var child = entries.count - 1
    while child > 0, entries[child] < entries[(child - 1) / 2] {
      entries.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// - Precondition: There is an entry.
  mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    var parent = 0
    while 2 * parent + 1 < entries.count {
      let left = 2 * parent + 1
      let right = left + 1
      let child = right < entries.count && entries[right] < entries[left] ? right : left
      guard entries[child] < entries[parent] else { return }
      entries.swapAt(child, parent)
      parent = child
    }
  }
}
