import MillraceCoding

// A collection of nodes is an edge to each of them; a collection of plain values is one constant.

// What is said of arrays is inlinable: a reduction of a million nodes binds and reads a million inputs,
// and each takes some twenty times as long where the element's type is not known.
extension Array: TaskInput where Element: TaskInput {
  @inlinable
  public var __input: __TaskInputForm<[Element.InputValue]> {
    var constants: [Element.InputValue] = []
    for element in self {
      guard case .constant(let value) = element.__input else { return .node(collected) }
      constants.append(value)
    }
    return .constant(constants)
  }

  @inlinable
  var collected: Node<[Element.InputValue]> {
    let count = count
    return BuildScope.withArena {
      var call = TaskCall(
        collecting: count, as: .uncoded([Element.InputValue].self),
        { inputs, cell in
          Cell.initialize(
            cell, to: (0..<count).map { inputs[$0, as: Element.InputValue.self] })
        })
      for element in self { call.bind(element.__input.node.handle) }
      return Node(call.finish())
    }
  }
}

extension Optional: TaskInput where Wrapped: TaskInput {
  public var __input: __TaskInputForm<Wrapped.InputValue?> {
    guard let self else { return .constant(nil) }
    switch self.__input {
    case .constant(let value): return .constant(value)
    case .node(let node):
      return .node(
        Node<Wrapped.InputValue?>(collecting: [node.handle], as: .uncoded(Wrapped.InputValue?.self))
        {
          $0[0, as: Wrapped.InputValue.self]
        })
    }
  }
}

extension Dictionary: TaskInput where Key: TaskValue, Value: TaskInput {
  public var __input: __TaskInputForm<[Key: Value.InputValue]> {
    var constants: [Key: Value.InputValue] = [:]
    for (key, element) in self {
      guard case .constant(let value) = element.__input else { return .node(collected) }
      constants[key] = value
    }
    return .constant(constants)
  }

  /// The keys in their canonical order and a node for each: dictionaries have another order in every
  /// process, and keys of nodes must not.
  private var collected: Node<[Key: Value.InputValue]> {
    let entries = map { (order: (try? CBOR.encode($0.key)) ?? [], key: $0.key, value: $0.value) }
      .sorted { $0.order.lexicographicallyPrecedes($1.order) }
    let keys = entries.map(\.key)
    return BuildScope.withArena {
      Node<[Key: Value.InputValue]>(
        collecting: [Node<[Key]>(constant: keys).handle]
          + entries.map { $0.value.__input.node.handle },
        as: .uncoded([Key: Value.InputValue].self)
      ) { inputs in
        var result: [Key: Value.InputValue] = [:]
        for (index, key) in keys.enumerated() {
          result[key] = inputs[index + 1, as: Value.InputValue.self]
        }
        return result
      }
    }
  }
}

extension Node {
  /// A node of several nodes' values as one value.
  init(
    collecting nodes: [AnyNode], as type: ValueType,
    _ combine: @escaping @Sendable (TaskInputs) -> Value
  ) {
    var call = TaskCall(
      collecting: nodes.count, as: type, { Cell.initialize($1, to: combine($0)) })
    for node in nodes { call.bind(node) }
    self.init(call.finish())
  }
}

extension TaskCall {
  /// A node that makes one value of several nodes'.
  @usableFromInline
  init(
    collecting count: Int, as type: ValueType,
    _ body: @escaping @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void
  ) {
    let element = TaskDefinition.Parameter(name: "element", type: .uncoded(Void.self))
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "collect"),
      attributes: TaskAttributes(cache: .transient), parameters: [element], output: type,
      kind: .collect, body: .sync(body))
    self.init(definition, inputs: count)
  }
}
