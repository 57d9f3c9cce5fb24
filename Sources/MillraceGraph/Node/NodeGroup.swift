/// What a node has in common with its neighbours, kept once for all of them: it is the same for most
/// nodes of a graph, and a record of half the size is made and walked through in half the time.
///
/// A group belongs to its arena, which keeps alive what it points to.
@usableFromInline package struct NodeGroup {
  @usableFromInline package let arena: Unmanaged<NodeArena>
  /// The arena's own.
  @usableFromInline let cursor: UnsafeMutablePointer<ArenaCursor>
  /// The `ForEach` element that the nodes' values depend on, the innermost of several; an element
  /// depends on itself.
  @usableFromInline package let element: UnsafePointer<NodeRecord>?
  /// Where the nodes were written: their block and group.
  @usableFromInline package let place: Unmanaged<NodePlace>?
  /// What a modifier says.
  @usableFromInline package let attributes: Unmanaged<NodeAttributesBox>?

  /// Whether these are nodes outside of any template and block, of which no modifier says anything.
  @inlinable package var isPlain: Bool {
    element == nil && attributes == nil && (place == nil || !isInBlock)
  }

  @usableFromInline var isInBlock: Bool {
    place?._withUnsafeGuaranteedRef { $0.backend != nil } ?? false
  }

  /// Whether another group of the same arena says the same.
  func isSame(as other: NodeGroup) -> Bool {
    element == other.element && place?.toOpaque() == other.place?.toOpaque()
      && attributes?.toOpaque() == other.attributes?.toOpaque()
  }
}

extension UnsafePointer<NodeRecord> {
  package var arena: NodeArena { pointee.group.pointee.arena._withUnsafeGuaranteedRef { $0 } }
  package var place: NodePlace? { pointee.group.pointee.place?._withUnsafeGuaranteedRef { $0 } }
  package var attributes: NodeAttributesBox? {
    pointee.group.pointee.attributes?._withUnsafeGuaranteedRef { $0 }
  }

  /// The element that a consumer of this node depends on: this one, if it is an element.
  package var dependency: UnsafePointer<NodeRecord>? { pointee.group.pointee.element }

  package var elementDepth: Int {
    if case .element(let depth) = definition.kind { depth } else { 0 }
  }

  /// Creation order among all nodes of the process; inputs always have lower numbers.
  package var ordinal: UInt64 { arena.ordinal(of: pointee.index) }
}
