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
    let scope = BuildScope.current
    let arena = scope?.arena ?? NodeArena(firstChunk: NodeRecord.size(inputs: inputs))
    if !definition.isPermanent { arena.retain(definition) }
    if let place = scope?.place { arena.retain(place) }
    if let attributes { arena.retain(attributes) }
    // The handle that `finish()` makes takes over this reference.
    _ = Unmanaged.passRetained(arena)
    record = arena.allocate(inputs: inputs).initializeMemory(
      as: NodeRecord.self,
      to: NodeRecord(
        definition: definition, arena: arena, inputCount: inputs, place: scope?.place,
        attributes: attributes))
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
    bound += 1
  }

  @usableFromInline
  mutating func bind(_ input: AnyNode) {
    let source = input.record
    let cell = nextCell
    cell.storeBytes(of: source, as: UnsafePointer<NodeRecord>.self)
    let isNear = source.pointee.arena.toOpaque() == record.pointee.arena.toOpaque()
    cell.storeBytes(
      of: isNear ? source.pointee.index : UnsafePointer<NodeRecord>.foreign, toByteOffset: 8,
      as: Int32.self)
    bound += 1
    if !isNear { UnsafePointer(record).arena.retain(input.arena) }
    if let element = source.dependency {
      if let known = record.pointee.element, known.elementDepth >= element.elementDepth { return }
      record.pointee.element = element
    }
  }

  /// Ends the making.
  ///
  /// - Precondition: As many inputs were bound as the definition has parameters.
  /// - Returns: A handle with what is said of the sub-pipeline that is being built, if something is.
  @usableFromInline
  consuming func finish() -> AnyNode {
    let isPlaced = record.pointee.place != nil
    let node = finishAlone()
    guard isPlaced, let place = node.record.place else { return node }
    return place.saying(of: node)
  }

  /// Ends the making, with what this call says alone.
  consuming func finishAlone() -> AnyNode {
    precondition(bound == record.pointee.inputCount, "a task call must bind every parameter once")
    let arena = record.pointee.arena.takeRetainedValue()
    arena.register(record)
    return AnyNode(arena: arena, record: UnsafePointer(record))
  }
}

extension UnsafePointer<NodeRecord> {
  /// The element that a consumer of this node depends on: this one, if it is an element.
  package var dependency: UnsafePointer<NodeRecord>? {
    shape == .element ? self : pointee.element
  }

  package var elementDepth: Int {
    if case .element(let depth) = definition.kind { depth } else { 0 }
  }
}
