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
    let group = Self.retainedGroup(inputs: inputs, attributes: attributes)
    let arena = group.pointee.arena
    if !definition.isPermanent { arena._withUnsafeGuaranteedRef { $0.retain(definition) } }
    let size = NodeRecord.size(inputs: inputs)
    let memory =
      group.pointee.cursor.pointee.take(size)
      ?? arena._withUnsafeGuaranteedRef { $0.allocateInNewChunk(size) }
    record = memory.initializeMemory(
      as: NodeRecord.self,
      to: NodeRecord(definition: definition, group: group, inputCount: inputs))
    if definition.shape == .element { depend(on: UnsafePointer(record)) }
  }

  /// The group of a node that is made now, with a reference to its arena, which the handle that
  /// ``finish()`` makes takes over.
  @inline(__always)
  private static func retainedGroup(
    inputs: Int, attributes: NodeAttributesBox?
  ) -> UnsafePointer<NodeGroup> {
    guard let scope = BuildScope.current else {
      let arena = NodeArena(firstChunk: NodeRecord.size(inputs: inputs))
      let group = arena.group(attributes: attributes)
      _ = Unmanaged.passRetained(arena)
      return group
    }
    let group = scope._withUnsafeGuaranteedRef { scope in
      attributes == nil
        ? scope.group : scope.arena.group(place: scope.place, attributes: attributes)
    }
    _ = group.pointee.arena.retain()
    return group
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
  /// - Returns: A handle with what is said of the sub-pipeline that is being built, if something is.
  @usableFromInline
  consuming func finish() -> AnyNode {
    let isPlaced = record.pointee.group.pointee.place != nil
    let node = finishAlone()
    guard isPlaced, let place = node.record.place else { return node }
    return place.saying(of: node)
  }

  /// Ends the making, with what this call says alone.
  consuming func finishAlone() -> AnyNode {
    precondition(bound == record.pointee.inputCount, "a task call must bind every parameter once")
    let group = record.pointee.group
    let arena = group.pointee.arena.takeRetainedValue()
    let cursor = group.pointee.cursor
    let inputs = Int(record.pointee.inputCount)
    var record = record
    if UnsafeMutableRawPointer(record) + NodeRecord.size(inputs: inputs) != cursor.pointee.next {
      record = arena.moveToEnd(record)
    }
    if cursor.pointee.count == cursor.pointee.numbered { arena.takeOrdinals() }
    record.pointee.index = cursor.pointee.add()
    return AnyNode(arena: arena, record: UnsafePointer(record))
  }
}
