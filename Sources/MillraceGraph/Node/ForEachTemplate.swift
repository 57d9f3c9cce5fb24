package import MillraceCoding

/// The part of a graph that is copied in a run: by `ForEach` and `Reduce` for each element, by `Repeat`
/// for each round.
///
/// It points to records of the arena that its own node lies in, which keeps both alive.
@usableFromInline package final class ForEachTemplate: @unchecked Sendable {
  // Immutable; the records it points to are too.
  /// What stands for the element, or for the state of a `Repeat`.
  package let element: UnsafePointer<NodeRecord>
  /// What stands for the result of the copy before, in a `Reduce`.
  package let accumulated: UnsafePointer<NodeRecord>?
  /// The node whose copies are the results. It may be outside of the template, or a stand-in itself.
  package let result: UnsafePointer<NodeRecord>
  /// The node that says whether a `Repeat` is at its end.
  package let condition: UnsafePointer<NodeRecord>?
  /// The nodes that depend on a stand-in, in creation order, without the stand-ins.
  package let nodes: [UnsafePointer<NodeRecord>]
  /// Nodes outside of the template that it uses, each once.
  package let captures: [UnsafePointer<NodeRecord>]
  /// What modifiers say of the template's nodes.
  package let attributes: [UnsafePointer<NodeRecord>: NodeAttributes]
  /// How many elements are in flight at once, or how many rounds there are at most.
  package let limit: Int?
  /// Puts the results of so many copies together as the list that a `ForEach` gives.
  package let collect: Collect?
  private let elements: ElementList
  private let order: NodeOrder

  package typealias Collect = @Sendable (Int, TaskInputs, UnsafeMutableRawPointer) -> Void

  convenience init<Element: Sendable>(
    element: Node<Element>, accumulated: AnyNode? = nil, result: AnyNode,
    condition: AnyNode? = nil, limit: Int? = nil,
    naming: (@Sendable (Element) -> String)? = nil,
    collect: Collect? = nil
  ) {
    self.init(
      element: element.handle.record, accumulated: accumulated?.record, result: result.record,
      condition: condition?.record, limit: limit, collect: collect,
      elements: ElementList(naming: naming))
  }

  /// The same template around copies of its nodes.
  convenience init(
    _ other: ForEachTemplate,
    copied: (UnsafePointer<NodeRecord>) -> UnsafePointer<NodeRecord>
  ) {
    self.init(
      element: copied(other.element), accumulated: other.accumulated.map(copied),
      result: copied(other.result), condition: other.condition.map(copied), limit: other.limit,
      collect: other.collect, elements: other.elements)
  }

  private init(
    element: UnsafePointer<NodeRecord>, accumulated: UnsafePointer<NodeRecord>?,
    result: UnsafePointer<NodeRecord>, condition: UnsafePointer<NodeRecord>?, limit: Int?,
    collect: Collect?, elements: ElementList
  ) {
    self.collect = collect
    self.element = element
    self.accumulated = accumulated
    self.result = result.original
    self.condition = condition?.original
    self.limit = limit
    self.elements = elements
    let depth = self.element.elementDepth
    var nodes: [UnsafePointer<NodeRecord>] = []
    var captures: [UnsafePointer<NodeRecord>] = []
    var modified: [UnsafePointer<NodeRecord>] = []
    var seen: Set<UnsafePointer<NodeRecord>> = [self.element]
    if let accumulated { seen.insert(accumulated) }
    var pending = [result]
    if let condition { pending.append(condition) }
    while let handle = pending.popLast() {
      guard seen.insert(handle).inserted else { continue }
      guard let dependency = handle.dependency, dependency.elementDepth >= depth else {
        captures.append(handle)
        continue
      }
      if handle.shape == .modified {
        modified.append(handle)
      } else {
        nodes.append(handle)
      }
      for input in 0..<handle.inputCount where !handle.isConstant(input) {
        pending.append(handle.source(input))
      }
      if handle.isMethod, let previous = handle.previousCall { pending.append(previous) }
    }
    self.nodes = nodes.sorted { $0.ordinal < $1.ordinal }
    self.captures = captures.sorted { $0.ordinal < $1.ordinal }
    self.attributes = NodeAttributes.merged(modified)
    self.order = NodeOrder(methods: nodes.filter(\.isMethod), modified: modified)
  }

  /// What nodes start after without taking its value.
  package var befores: [UnsafePointer<NodeRecord>: [UnsafePointer<NodeRecord>]] { order.befores }
  /// For calls on an instance: the call before.
  package var previousCalls: [UnsafePointer<NodeRecord>: UnsafePointer<NodeRecord>] {
    order.previousCalls
  }
  /// Whether an author wrote an order, which may lead in a circle.
  package var isOrderWritten: Bool { order.isWritten }

  /// What copies are called after the element in a cell; nil where nobody said.
  package func name(ofElement cell: UnsafeRawPointer) -> String? { elements.name?(cell) }

  /// Whether several nodes of the template have this name.
  package func isAmbiguous(_ name: String) -> Bool {
    nodes.count { (attributes[$0]?.name ?? $0.defaultName) == name } > 1
  }

  /// A digest of what the template makes of its element and captures, for the names of nodes.
  ///
  /// - Complexity: O(*v* + *e*); made anew at each call. It recurses as deep as templates nest.
  package var identity: Digest {
    var identities: [UnsafePointer<NodeRecord>: Digest] = [element: .sha256([])]
    if let accumulated { identities[accumulated] = .sha256(Array("accumulated".utf8)) }
    for (index, capture) in captures.enumerated() {
      identities[capture.original] = .sha256(Array("capture \(index)".utf8))
    }
    for record in nodes {
      let identity = record.identity { identities[record.source($0).original] ?? .sha256([]) }
      identities[record] = identity.following(
        order.previousCalls[record].flatMap { identities[$0] })
    }
    let result = identities[result] ?? .sha256([])
    guard let condition else { return result }
    return .sha256(Array("\(result.hex) \((identities[condition] ?? .sha256([])).hex)".utf8))
  }

  /// How many elements the list in a cell has.
  package func count(in list: UnsafeRawPointer) -> Int { elements.count(list) }

  /// Copies an element of the list in a cell into an uninitialised cell.
  package func copyElement(
    _ index: Int, of list: UnsafeRawPointer, to cell: UnsafeMutableRawPointer
  ) {
    elements.copy(list, index, cell)
  }
}

/// What can be done with a list in a cell, whatever its elements are.
private struct ElementList: Sendable {
  let name: (@Sendable (_ element: UnsafeRawPointer) -> String)?
  let count: @Sendable (_ list: UnsafeRawPointer) -> Int
  let copy: @Sendable (_ list: UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void

  init<Element: Sendable>(naming: (@Sendable (Element) -> String)?) {
    if let naming {
      name = { naming(Cell.read($0, as: Element.self)) }
    } else {
      name = nil
    }
    count = { Cell.read($0, as: [Element].self).count }
    copy = { list, index, cell in
      Cell.initialize(cell, to: Cell.read(list, as: [Element].self)[index])
    }
  }
}
