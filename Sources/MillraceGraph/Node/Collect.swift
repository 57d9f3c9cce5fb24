/// One node of several nodes' values: of an array, a dictionary or an optional of nodes.
///
/// ```swift
/// let parts = collect([$load("a.csv"), $load("b.csv")])   // Node<[[Double]]>
/// let sums = parts.map { $sum($0) }
/// ```
///
/// Inputs of tasks need none: they take collections of nodes as they are. It is for operations on lists,
/// such as `map` and `flatten`, and for functions that take a `Node`.
///
/// - Complexity: O(*n*) when the graph is built. Its consumers are keyed by the nodes' results; nothing is
///   encoded or stored for the collection itself.
public func collect<Value: Sendable>(_ input: some TaskInput<Value>) -> Node<Value> { Node(input) }

extension Array where Element: TaskInput {
  /// ``collect(_:)`` as a method of an array.
  public func collect() -> Node<[Element.InputValue]> { Node(self) }
}

extension Dictionary where Key: TaskValue, Value: TaskInput {
  /// ``collect(_:)`` as a method of a dictionary.
  public func collect() -> Node<[Key: Value.InputValue]> { Node(self) }
}

extension Node {
  /// A view of other nodes' values: a value that is made of them whenever somebody needs it, and never
  /// stored.
  ///
  /// - Parameters:
  ///   - tag: What the view does. It is the first of the parts that consumers are keyed by, so that other
  ///     views of the same nodes have other keys; a text that stands in nobody's data.
  ///   - show: Gets the nodes' values from index 1 on.
  init(
    viewing nodes: [AnyNode], tag: String, as type: ValueType,
    _ show: @escaping @Sendable (TaskInputs) throws -> Value
  ) {
    self = BuildScope.withArena {
      let tag = Node<String>(constant: tag).handle
      var call = TaskCall(
        collecting: nodes.count + 1, as: type, { Cell.initialize($1, to: try show($0)) })
      call.bind(tag)
      for node in nodes { call.bind(node) }
      return Node(call.finish())
    }
  }
}
