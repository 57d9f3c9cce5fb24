package import MillraceCoding

/// The part of a graph that a `ForEach` copies for each element.
///
/// It points to records of the arena that its own node lies in, which keeps both alive.
package final class ForEachTemplate: @unchecked Sendable {
  // Immutable; the records it points to are too.
  package let element: UnsafePointer<NodeRecord>
  /// The node whose copies are the results. It may be outside of the template, or the element itself.
  package let result: UnsafePointer<NodeRecord>
  /// The nodes that depend on the element, in creation order, without the element.
  package let nodes: [UnsafePointer<NodeRecord>]
  /// Nodes outside of the template that it uses, each once.
  package let captures: [UnsafePointer<NodeRecord>]
  /// What modifiers say of the template's nodes.
  package let attributes: [UnsafePointer<NodeRecord>: NodeAttributes]
  private let order: NodeOrder
  private let nameElement: (@Sendable (UnsafeRawPointer) -> String)?
  private let countElements: @Sendable (UnsafeRawPointer) -> Int
  private let copyElement: @Sendable (UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void

  init<Element: Codable & Sendable, Output>(
    element: Node<Element>, result: Node<Output>, naming: (@Sendable (Element) -> String)?
  ) {
    if let naming {
      nameElement = { cell in naming(Cell.read(cell, as: Element.self)) }
    } else {
      nameElement = nil
    }
    self.element = element.handle.record
    self.result = result.handle.record.original
    countElements = { Cell.read($0, as: [Element].self).count }
    copyElement = { list, index, cell in
      Cell.initialize(cell, to: Cell.read(list, as: [Element].self)[index])
    }
    let depth = self.element.elementDepth
    var nodes: [UnsafePointer<NodeRecord>] = []
    var captures: [UnsafePointer<NodeRecord>] = []
    var modified: [UnsafePointer<NodeRecord>] = []
    var seen: Set<UnsafePointer<NodeRecord>> = [self.element]
    var pending = [result.handle.record]
    while let handle = pending.popLast() {
      guard seen.insert(handle).inserted else { continue }
      guard let dependency = handle.dependency, dependency.elementDepth >= depth else {
        captures.append(handle)
        continue
      }
      if case .modified = handle.definition.kind {
        modified.append(handle)
      } else {
        nodes.append(handle)
      }
      for input in 0..<handle.inputCount where !handle.isConstant(input) {
        pending.append(handle.source(input))
      }
      if handle.isMethod, let previous = handle.previousCall { pending.append(previous) }
    }
    self.nodes = nodes.sorted { $0.pointee.ordinal < $1.pointee.ordinal }
    self.captures = captures.sorted { $0.pointee.ordinal < $1.pointee.ordinal }
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
  package func name(ofElement cell: UnsafeRawPointer) -> String? { nameElement?(cell) }

  /// Whether several nodes of the template have this name.
  package func isAmbiguous(_ name: String) -> Bool {
    nodes.count { (attributes[$0]?.name ?? $0.definition.name) == name } > 1
  }

  /// A digest of what the template makes of its element and captures, for the names of nodes.
  ///
  /// - Complexity: O(*v* + *e*); made anew at each call. It recurses as deep as `ForEach`es nest.
  package var identity: Digest {
    var identities: [UnsafePointer<NodeRecord>: Digest] = [element: .sha256([])]
    for (index, capture) in captures.enumerated() {
      identities[capture.original] = .sha256(Array("capture \(index)".utf8))
    }
    for record in nodes {
      let identity = record.identity { identities[record.source($0).original] ?? .sha256([]) }
      identities[record] = identity.following(
        order.previousCalls[record].flatMap { identities[$0] })
    }
    return identities[result] ?? .sha256([])
  }

  /// How many elements the list in a cell has.
  package func count(in list: UnsafeRawPointer) -> Int { countElements(list) }

  func count<Element>(of list: [Element]) -> Int { list.count }

  /// Copies an element of the list in a cell into an uninitialised cell.
  package func copyElement(
    _ index: Int, of list: UnsafeRawPointer, to cell: UnsafeMutableRawPointer
  ) {
    copyElement(list, index, cell)
  }
}
