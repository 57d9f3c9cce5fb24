import MillraceGraph

/// The elements of a list whose tasks are brief: one worker takes them one after another, and none of
/// them has a node. See `RunState+Elements.swift` for which lists, and for what ends it.
final class ElementLoop: @unchecked Sendable {
  // What is set by `init` stays. Beyond that, the worker alone writes what stands under "The worker's",
  // the run's state what stands under "The state's", with the run's lock held. The range is atomic.
  let list: Int
  /// The `Reduce` that takes each result at once; nil if they are put together as a list.
  let reducer: Int?
  let count: Int
  let layout: TemplateLayout
  let fold: TemplateLayout?
  let program: ElementProgram
  /// How many nodes there were when the copies of the elements would have been made.
  let place: Int
  /// The place of the first of them in declaration order, in which copies that were never made count.
  let rank: Int
  /// Elements that nobody has begun.
  let range = FlowRange()

  /// A copy of the list, since names of copies are made of it after the run.
  private let source: UnsafeMutableRawPointer
  private let sourceType: ValueType
  /// What elements are combined with, and the cell of what all of them come to.
  private let initial: UnsafeRawPointer?
  private let target: UnsafeMutableRawPointer

  // MARK: The worker's

  /// How many elements have a result; they are the first ones.
  private(set) var done = 0
  private(set) var isBegun = false
  private var results: UnsafeMutableRawPointer?

  // MARK: The state's

  enum Stage {
    case running
    /// The elements that the worker had not begun go the long way.
    case cut
    case finished
    /// All elements have run, and have nodes that say so.
    case settled
  }

  var stage = Stage.running
  /// Positions of the copies, once they have any.
  var copies: Range<Int>?

  struct Value {
    var initial: UnsafeRawPointer?
    var target: UnsafeMutableRawPointer
  }

  /// - Parameters:
  ///   - source: The list's cell, which is copied, and its type.
  ///   - place: How many nodes there are, and how many the elements of loops before would have.
  init(
    _ list: Int, _ layout: TemplateLayout, of source: (cell: UnsafeRawPointer, type: ValueType),
    into reducer: (node: Int, layout: TemplateLayout)?, _ value: Value,
    at place: (nodes: Int, before: Int), program: ElementProgram
  ) {
    self.list = list
    self.layout = layout
    self.reducer = reducer?.node
    fold = reducer?.layout
    self.program = program
    (self.place, rank) = (place.nodes, place.nodes + place.before)
    (initial, target) = (value.initial, value.target)
    sourceType = source.type
    self.source = .allocate(byteCount: Cell.size, alignment: Cell.size)
    source.type.copy(source.cell, to: self.source)
    count = layout.template.count(in: source.cell)
    range.fill(0..<count)
  }

  deinit {
    sourceType.destroy(source)
    source.deallocate()
    results?.deallocate()
  }

  var hasCaptures: Bool { !layout.captures.isEmpty || fold?.captures.isEmpty == false }

  /// Copies an element into an uninitialised cell.
  func copyElement(_ element: Int, to cell: UnsafeMutableRawPointer) {
    layout.template.copyElement(element, of: source, to: cell)
  }

  // MARK: What the worker does

  func begin() {
    isBegun = true
    if let initial {
      program.accumulatedType.copy(initial, to: program.accumulatedCell)
    } else {
      results = .allocate(byteCount: count * Cell.size, alignment: Cell.size)
    }
  }

  /// Keeps what the element that was run last came to.
  @inline(__always)
  func keepResult() {
    let cell = results.map { $0 + done * Cell.size } ?? program.accumulatedCell
    cell.copyMemory(from: program.resultCell, byteCount: Cell.size)
    done += 1
  }

  /// Puts the value of the list, or of the `Reduce`, into its cell, after all elements have run.
  ///
  /// - Parameter inputs: Makes a body's inputs of the addresses of cells.
  func deliver(_ inputs: (UnsafePointer<UnsafeRawPointer>) -> TaskInputs) {
    guard let results else {
      return target.copyMemory(from: program.accumulatedCell, byteCount: Cell.size)
    }
    let addresses = UnsafeMutablePointer<UnsafeRawPointer>.allocate(capacity: count)
    defer { addresses.deallocate() }
    for element in 0..<count {
      (addresses + element).initialize(to: UnsafeRawPointer(results + element * Cell.size))
    }
    layout.template.collect?(count, inputs(addresses), target)
    let type = program.resultType
    if !type.isTrivial {
      for element in 0..<count { type.destroy(results + element * Cell.size) }
    }
    results.deallocate()
    self.results = nil
  }

  // MARK: What becomes of results when the rest goes the long way

  /// Moves the results of the elements that were done, of a list without `Reduce`, to their nodes' cells.
  func moveResults(to cell: (_ element: Int) -> UnsafeMutableRawPointer) {
    guard let results else { return }
    for element in 0..<done {
      cell(element).copyMemory(from: results + element * Cell.size, byteCount: Cell.size)
    }
    results.deallocate()
    self.results = nil
  }

  // MARK: Where copies stand

  var stepCount: Int { program.steps.count }
  private var listStride: Int { program.listCount + 1 }
  private var foldCount: Int { stepCount - program.listCount }
  /// How many nodes the copies have, their elements included.
  var nodeCount: Int { count * (listStride + foldCount) }

  /// How many nodes the copies of this loop and those before have.
  var nodesUpTo: Int { rank - place + nodeCount }

  /// The position of an element's own node.
  ///
  /// - Precondition: The copies have positions.
  func position(ofElement element: Int) -> Int {
    (copies?.lowerBound ?? 0) + element * listStride
  }

  /// The position of the node that a step stands for.
  ///
  /// - Precondition: The copies have positions.
  func position(of step: Int, for element: Int) -> Int {
    if step < program.listCount { return position(ofElement: element) + 1 + step }
    return position(ofElement: count) + element * foldCount + step - program.listCount
  }
}
