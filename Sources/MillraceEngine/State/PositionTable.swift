/// Values by a node's position, where many nodes have one: an array, since hashing a position costs more
/// than all else that is done with it.
struct PositionTable<Value: Sendable>: Sendable {
  private var slots: [Value?] = []
  /// How many positions have a value.
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  /// The positions that have a value, in ascending order.
  var positions: [Int] { slots.indices.filter { slots[$0] != nil } }

  /// - Complexity: O(1), amortised for a position above all others.
  subscript(position: Int) -> Value? {
    get { position < slots.count ? slots[position] : nil }
    set {
      if position >= slots.count {
        guard newValue != nil else { return }
        slots.append(contentsOf: repeatElement(nil, count: position + 1 - slots.count))
      }
      count += (newValue == nil ? 0 : 1) - (slots[position] == nil ? 0 : 1)
      slots[position] = newValue
    }
  }

  mutating func removeValue(forKey position: Int) -> Value? {
    defer { self[position] = nil }
    return self[position]
  }
}
