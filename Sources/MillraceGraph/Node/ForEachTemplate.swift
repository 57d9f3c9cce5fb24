package import MillraceCoding

/// The part of a graph that is copied in a run: by `ForEach` and `Reduce` for each element, by `Repeat`
/// for each round.
///
/// It points to records of the arena that its own node lies in, which keeps both alive.
package final class ForEachTemplate: @unchecked Sendable {
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
  private let nameElement: (@Sendable (UnsafeRawPointer) -> String)?
  private let countElements: @Sendable (UnsafeRawPointer) -> Int
  private let copyElement: @Sendable (UnsafeRawPointer, Int, UnsafeMutableRawPointer) -> Void

  init<Element: Sendable>(
    element: Node<Element>, accumulated: AnyNode? = nil, result: AnyNode,
    condition: AnyNode? = nil, limit: Int? = nil,
    naming: (@Sendable (Element) -> String)? = nil
  ) {
    if let naming {
      nameElement = { cell in naming(Cell.read(cell, as: Element.self)) }
    } else {
      nameElement = nil
    }
    self.limit = limit
    self.element = element.handle.record
    self.accumulated = accumulated?.record
    self.result = result.record.original
    self.condition = condition?.record.original
    countElements = { Cell.read($0, as: [Element].self).count }
    copyElement = { list, index, cell in
      Cell.initialize(cell, to: Cell.read(list, as: [Element].self)[index])
    }
    let depth = self.element.elementDepth
    var nodes: [UnsafePointer<NodeRecord>] = []
    var captures: [UnsafePointer<NodeRecord>] = []
    var modified: [UnsafePointer<NodeRecord>] = []
    var seen: Set<UnsafePointer<NodeRecord>> = [self.element]
    if let accumulated { seen.insert(accumulated.record) }
    var pending = [result.record]
    if let condition { pending.append(condition.record) }
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
    }
    self.nodes = nodes.sorted { $0.pointee.ordinal < $1.pointee.ordinal }
    self.captures = captures.sorted { $0.pointee.ordinal < $1.pointee.ordinal }
    self.attributes = NodeAttributes.merged(modified)
  }

  /// What copies are called after the element in a cell; nil where nobody said.
  package func name(ofElement cell: UnsafeRawPointer) -> String? { nameElement?(cell) }

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
      identities[record] = record.identity {
        identities[record.source($0).original] ?? .sha256([])
      }
    }
    let result = identities[result] ?? .sha256([])
    guard let condition else { return result }
    return .sha256(Array("\(result.hex) \((identities[condition] ?? .sha256([])).hex)".utf8))
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
