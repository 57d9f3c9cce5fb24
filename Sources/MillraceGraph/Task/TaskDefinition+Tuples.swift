// What code expanded by `@Task` calls for tuples, beside that of `TaskDefinition+Macro.swift`.
//
// A tuple conforms to nothing, so the macro writes how its elements are taken and put together. For
// `@Task func split(_ rows: [Row]) -> (train: [Row], test: [Row])` the output is
//
//     .__stored(
//       (train: [Row], test: [Row]).self, "(train: [Row], test: [Row])", [Row].self, [Row].self,
//       split: { ($0.train, $0.test) }, join: { (train: $0, test: $1) })
//
// and beside the functions that return a node there are some that return one for each element.

extension __OutputType {
  /// The output of a task whose value, a tuple, is stored.
  public static func __stored<each Element: Codable & Sendable>(
    _ type: Value.Type, _ name: String, _ elements: repeat (each Element).Type,
    split: @escaping @Sendable (Value) -> (repeat each Element),
    join: @escaping @Sendable (repeat each Element) -> Value
  ) -> Self {
    Self(type: .tuple(type, name: name, repeat each elements, split: split, join: join))
  }

  @_disfavoredOverload
  @available(
    *, unavailable,
    message:
      "a stored task must return a tuple of 'Codable' types; make them 'Codable', or write '@Task(cache: .transient)' to keep the value in memory only"
  )
  public static func __stored<each Element>(
    _ type: Value.Type, _ name: String, _ elements: repeat (each Element).Type,
    split: (Value) -> (repeat each Element), join: (repeat each Element) -> Value
  ) -> Self {
    Self(type: .uncoded(type, name: name))
  }

  /// The output of a task with `cache: .transient` or `.off`.
  public static func __passing<each Element: Codable & Sendable>(
    _ type: Value.Type, _ name: String, _ elements: repeat (each Element).Type,
    split: @escaping @Sendable (Value) -> (repeat each Element),
    join: @escaping @Sendable (repeat each Element) -> Value
  ) -> Self {
    Self(type: .tuple(type, name: name, repeat each elements, split: split, join: join))
  }

  @_disfavoredOverload
  public static func __passing<each Element>(
    _ type: Value.Type, _ name: String, _ elements: repeat (each Element).Type,
    split: (Value) -> (repeat each Element), join: (repeat each Element) -> Value
  ) -> Self {
    Self(type: .uncoded(type, name: name))
  }

  /// What a call on an instance returns.
  public static func __result<each Element: Codable & Sendable>(
    _ type: Value.Type, _ name: String, _ elements: repeat (each Element).Type,
    split: @escaping @Sendable (Value) -> (repeat each Element),
    join: @escaping @Sendable (repeat each Element) -> Value
  ) -> Self {
    Self(
      type: .tuple(type, name: name, repeat each elements, split: split, join: join),
      kind: .method)
  }

  @_disfavoredOverload
  public static func __result<each Element>(
    _ type: Value.Type, _ name: String, _ elements: repeat (each Element).Type,
    split: (Value) -> (repeat each Element), join: (repeat each Element) -> Value
  ) -> Self {
    Self(type: .uncoded(type, name: name), kind: .method)
  }
}

extension TaskDefinition.Parameter {
  /// A parameter that is a tuple, whose constants can be encoded for a key.
  public static func __parameter<Value: Sendable, each Element: Codable & Sendable>(
    _ name: String, _ type: Value.Type, _ typeName: String, _ elements: repeat (each Element).Type,
    split: @escaping @Sendable (Value) -> (repeat each Element)
  ) -> Self {
    Self(name: name, type: .tuple(type, name: typeName, repeat each elements, split: split))
  }

  /// One with elements that cannot be encoded.
  @_disfavoredOverload
  public static func __parameter<Value: Sendable, each Element>(
    _ name: String, _ type: Value.Type, _ typeName: String, _ elements: repeat (each Element).Type,
    split: (Value) -> (repeat each Element)
  ) -> Self {
    Self(name: name, type: .uncoded(type, name: typeName))
  }
}

extension TaskCall {
  /// Binds the next parameter, a tuple, to inputs for its elements. Its part in keys is the list of theirs.
  public mutating func bind<Value: Sendable, each Input: TaskInput>(
    joining inputs: repeat each Input, as type: Value.Type,
    _ join: @escaping @Sendable (repeat (each Input).InputValue) -> Value
  ) {
    var nodes: [AnyNode] = []
    repeat nodes.append((each inputs).__input.node.handle)
    let node = Node<Value>(collecting: nodes, as: .uncoded(type)) { values in
      var position = -1
      func next<Element>(_ type: Element.Type) -> Element {
        position += 1
        return values[position, as: type]
      }
      return join(repeat next((each Input).InputValue.self))
    }
    bind(node)
  }
}
