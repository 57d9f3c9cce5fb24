/// A node's handle without its type. Two handles are equal if they are the same call.
public struct AnyNode: Hashable, Sendable {
  // Records are immutable and their arena is kept alive by this handle.
  @usableFromInline package let arena: NodeArena
  nonisolated(unsafe) package let record: UnsafePointer<NodeRecord>

  @usableFromInline
  init(arena: NodeArena, record: UnsafePointer<NodeRecord>) {
    self.arena = arena
    self.record = record
  }

  init(_ record: UnsafePointer<NodeRecord>) {
    self.init(arena: record.arena, record: record)
  }

  public static func == (left: AnyNode, right: AnyNode) -> Bool {
    left.record.original == right.record.original
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(record.original)
  }

  /// The task that the node calls.
  public var task: TaskDefinition { record.original.definition }
}

extension UnsafePointer<NodeRecord> {
  /// The node that modifiers were said of: this one, if it is no modified handle.
  package var original: UnsafePointer<NodeRecord> {
    var record = self
    while record.shape == .modified { record = record.source(0) }
    return record
  }
}
