/// A node in the making: inputs are bound one after another, then it is finished.
///
/// Only expanded macro code uses it.
@frozen public struct TaskCall: ~Copyable {
  @usableFromInline let record: UnsafeMutablePointer<NodeRecord>
  @usableFromInline var bound = 0

  @usableFromInline
  init(_ definition: TaskDefinition) {
    self.init(definition, inputs: definition.parameters.count)
  }

  init(
    _ definition: TaskDefinition, inputs: Int, attributes: NodeAttributesBox? = nil
  ) {
    let group: UnsafePointer<NodeGroup>
    let arena: NodeArena
    if let scope = BuildScope.current {
      arena = scope.arena
      group =
        attributes == nil ? scope.group : arena.group(place: scope.place, attributes: attributes)
    } else {
      arena = NodeArena(firstChunk: NodeRecord.size(inputs: inputs))
      group = arena.group(attributes: attributes)
    }
    if !definition.isPermanent { arena.retain(definition) }
    // The handle that `finish()` makes takes over this reference.
    _ = Unmanaged.passRetained(arena)
    record = arena.allocate(inputs: inputs).initializeMemory(
      as: NodeRecord.self,
      to: NodeRecord(definition: definition, group: group, inputCount: inputs))
    if definition.shape == .element { depend(on: UnsafePointer(record)) }
  }

  @inlinable @inline(__always)
  var nextCell: UnsafeMutableRawPointer {
    UnsafeMutableRawPointer(record)
      .advanced(by: NodeRecord.size(inputs: bound))
  }

  /// Binds the next parameter.
  @inlinable
  public mutating func bind<Value>(_ input: some TaskInput<Value>) {
    switch input.__input {
    case .constant(let value): bind(constant: value)
    case .node(let node): bind(node.handle)
    }
  }

  /// Binds the next parameter to a value that is known now.
  @inlinable
  public mutating func bind<Value: Sendable>(constant value: Value) {
    Cell.initialize(nextCell, to: value)
    record.pointee.constants |= 1 << UInt64(bound)
    if !Cell.isTrivial(Value.self) { noteConstant() }
    bound += 1
  }

  @usableFromInline
  func noteConstant() { UnsafePointer(record).arena.noteConstant() }

  @usableFromInline
  mutating func bind(_ input: AnyNode) {
    let source = input.record
    let cell = nextCell
    cell.storeBytes(of: source, as: UnsafePointer<NodeRecord>.self)
    bound += 1
    if source.pointee.group == record.pointee.group {
      cell.storeBytes(of: source.pointee.index, toByteOffset: 8, as: Int32.self)
    } else {
      let arena = UnsafePointer(record).arena
      let isNear = input.arena === arena
      cell.storeBytes(
        of: isNear ? source.pointee.index : UnsafePointer<NodeRecord>.foreign, toByteOffset: 8,
        as: Int32.self)
      if !isNear {
        arena.retain(input.arena)
        arena.follow(source)
      }
      if let element = source.dependency { depend(on: element) }
    }
  }

  /// Says that the value depends on an element; the innermost of several counts.
  private func depend(on element: UnsafePointer<NodeRecord>) {
    let node = UnsafePointer(record)
    if let known = node.dependency, known.elementDepth >= element.elementDepth { return }
    record.pointee.group = node.arena.group(
      element: element, place: node.place, attributes: node.attributes)
  }

  /// Ends the making.
  ///
  /// - Precondition: As many inputs were bound as the definition has parameters.
  @usableFromInline
  consuming func finish() -> AnyNode {
    precondition(bound == record.pointee.inputCount, "a task call must bind every parameter once")
    let arena = record.pointee.group.pointee.arena.takeRetainedValue()
    return AnyNode(arena: arena, record: UnsafePointer(arena.register(record)))
  }
}
