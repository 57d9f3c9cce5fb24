import Testing

@testable import MillraceEngine

struct HeldActionsTests {
  @Test func `it is an ordered list from which any may be taken, whatever the sequence`() {
    // Each sequence of six steps: hold one of two, take one of two, take all.
    for number in 0..<15_625 {
      var held = HeldActions()
      var model: [RunState.Action] = []
      var rest = number
      for _ in 0..<6 {
        let node = rest % 5 % 2
        let action: RunState.Action = node == 0 ? .load(7) : .execute(7)
        switch rest % 5 {
        case 0, 1:
          if !model.contains(action) {
            held.append(action)
            model.append(action)
          }
        case 2, 3:
          #expect(held.remove(action) == model.contains(action))
          model.removeAll { $0 == action }
        default:
          #expect(held.takeAll() == model)
          model = []
        }
        #expect(held.isEmpty == model.isEmpty)
        rest /= 5
      }
      #expect(held.takeAll() == model)
    }
  }
}
