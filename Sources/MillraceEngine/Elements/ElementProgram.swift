import MillraceGraph

/// The nodes of a template as steps that a worker takes for one element after another, in a handful of
/// cells that every element uses again. Behind them come those of the `Reduce` that takes the elements,
/// if there is one.
final class ElementProgram: @unchecked Sendable {
  // Written by `init`; what lies in the cells is the worker's alone.
  struct Step: BitwiseCopyable {
    let record: UnsafePointer<NodeRecord>
    let isTask: Bool
    let addresses: UnsafeMutablePointer<UnsafeRawPointer>
    let cell: UnsafeMutableRawPointer
    /// Which of the values in ``ElementProgram/drops`` nobody needs after the step.
    let firstDrop: Int32
    let lastDrop: Int32
  }

  /// A value that has to be destroyed.
  private struct Drop: BitwiseCopyable {
    let record: UnsafePointer<NodeRecord>
    let cell: UnsafeMutableRawPointer
  }

  /// A cell: the node that says what lies in it, and the last step that reads it.
  private struct Slot {
    let record: UnsafePointer<NodeRecord>
    var lastUse: Int
  }

  let steps: Memory<Step>
  /// How many of the steps belong to the list; the others to the `Reduce`.
  let listCount: Int
  let taskCount: Int
  private let slots: [Slot]
  private let drops: Memory<Drop>
  private let cells: UnsafeMutableRawPointer
  private let addresses: UnsafeMutablePointer<UnsafeRawPointer>

  private static let element = 0
  private static let accumulated = 1
  private static let firstStep = 2

  /// - Parameters:
  ///   - fold: The template of the `Reduce` that takes the elements.
  ///   - value: Where the value of a captured node lies.
  init(
    _ list: TemplateLayout, _ fold: TemplateLayout?, value: (Int32) -> UnsafeRawPointer
  ) {
    let layouts = [list] + (fold.map { [$0] } ?? [])
    let records = layouts.flatMap(\.template.nodes)
    let listCount = list.template.nodes.count
    var slots = [
      Slot(record: list.template.element, lastUse: 0),
      // Without a `Reduce` nothing lies there.
      Slot(
        record: fold?.template.accumulated ?? list.template.element,
        lastUse: fold == nil ? .max : listCount),
    ]
    slots += records.enumerated().map { Slot(record: $1, lastUse: $0) }
    let cells = UnsafeMutableRawPointer.allocate(
      byteCount: slots.count * Cell.size, alignment: Cell.size)
    let inputCount = records.reduce(0) { $0 + $1.inputCount }
    addresses = .allocate(capacity: max(1, inputCount))

    var next = addresses
    var firstAddress: [UnsafeMutablePointer<UnsafeRawPointer>] = []
    for (number, layout) in layouts.enumerated() {
      let first = number == 0 ? 0 : listCount
      for (node, sources) in layout.sources.enumerated() {
        firstAddress.append(next)
        for (input, source) in sources.enumerated() {
          let slot: Int?
          switch source {
          case .element: slot = number == 0 ? Self.element : Self.firstStep + listCount - 1
          case .accumulated: slot = Self.accumulated
          case .copied(let index): slot = Self.firstStep + first + index
          case .captured, .constant: slot = nil
          }
          if let slot {
            slots[slot].lastUse = first + node
            next.initialize(to: UnsafeRawPointer(cells + slot * Cell.size))
          } else if case .captured(let index) = source {
            next.initialize(to: value(layout.captures[index]))
          } else {
            next.initialize(to: layout.template.nodes[node].cell(input))
          }
          next += 1
        }
      }
    }
    slots[slots.count - 1].lastUse = .max

    let steps = Memory<Step>(capacity: records.count)
    let drops = Memory<Drop>()
    for (step, record) in records.enumerated() {
      let firstDrop = drops.count
      for (index, slot) in slots.enumerated()
      where slot.lastUse == step && !slot.record.definition.output.isTrivial {
        drops.append(Drop(record: slot.record, cell: cells + index * Cell.size))
      }
      steps.append(
        Step(
          record: record, isTask: record.isTask, addresses: firstAddress[step],
          cell: cells + (Self.firstStep + step) * Cell.size, firstDrop: Int32(firstDrop),
          lastDrop: Int32(drops.count)))
    }
    self.listCount = listCount
    taskCount = records.count { $0.isTask }
    self.slots = slots
    self.cells = cells
    self.steps = steps
    self.drops = drops
  }

  deinit {
    cells.deallocate()
    addresses.deallocate()
  }

  /// Where the element, or its copy, lies.
  var elementCell: UnsafeMutableRawPointer { cells }
  /// Where the result of the element before lies, in a program with a `Reduce`.
  var accumulatedCell: UnsafeMutableRawPointer { cells + Self.accumulated * Cell.size }
  var accumulatedType: ValueType { slots[Self.accumulated].record.definition.output }
  /// Where the last step leaves what the element comes to.
  var resultCell: UnsafeMutableRawPointer { cells + (slots.count - 1) * Cell.size }
  var resultType: ValueType { slots[slots.count - 1].record.definition.output }

  /// Destroys the values that nobody needs after a step.
  @inline(__always)
  func dropValues(after step: Step) {
    var drop = step.firstDrop
    while drop < step.lastDrop {
      let dropped = drops[Int(drop)]
      dropped.record.definition.output.destroy(dropped.cell)
      drop += 1
    }
  }

  // MARK: An element that was left in the middle

  /// Destroys the element if it is needed from a step on.
  func dropElement(at step: Int) {
    if slots[Self.element].lastUse >= step {
      slots[Self.element].record.definition.output.destroy(elementCell)
    }
  }

  /// Whether what was accumulated is there before a step.
  func hasAccumulated(at step: Int) -> Bool { slots[Self.accumulated].lastUse >= step }

  /// The value of a step, if it was made before another and is still there.
  func value(of step: Int, at other: Int) -> UnsafeMutableRawPointer? {
    guard step < other, slots[Self.firstStep + step].lastUse >= other else { return nil }
    return steps[step].cell
  }
}
