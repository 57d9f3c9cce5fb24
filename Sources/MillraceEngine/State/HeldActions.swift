/// Actions that wait for the end of planning, in the order in which they came; each is there once.
///
/// - Complexity: O(1) amortised. Most runs take none out before the end, so places are looked up in an
///   index that is made when the first is.
struct HeldActions {
  /// Nil where one was taken out.
  private var actions: [RunState.Action?] = []
  private var count = 0
  /// The places of the first ``indexed`` actions.
  private var places: [RunState.Action: Int] = [:]
  private var indexed = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ action: RunState.Action) {
    actions.append(action)
    count += 1
  }

  /// - Returns: Whether it was there.
  mutating func remove(_ action: RunState.Action) -> Bool {
    while indexed < actions.count {
      if let action = actions[indexed] { places[action] = indexed }
      indexed += 1
    }
    guard let place = places.removeValue(forKey: action) else { return false }
    actions[place] = nil
    count -= 1
    return true
  }

  /// Takes all out.
  mutating func takeAll() -> [RunState.Action] {
    defer { self = HeldActions() }
    return actions.compactMap(\.self)
  }
}
