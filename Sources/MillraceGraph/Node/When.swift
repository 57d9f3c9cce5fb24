/// Takes one of two nodes, by a value that is known only at run time.
///
/// ```swift
/// let model = When($isLarge(rows)) { $train(rows) } otherwise: { $baseline(rows) }
/// ```
///
/// The closures are called once, while the graph is built. Both arms are nodes of the graph; a run
/// computes what the chosen one needs, and nothing that only the other would. Consumers are keyed by the
/// chosen arm alone, so a condition that changes, where both arms give equal values, does not concern
/// them.
///
/// - Parameter condition: A node or a constant. If its value is stored, a plan reads it, and says which
///   arm will run.
public func When<Value: Sendable>(
  _ condition: some TaskInput<Bool>, then: () -> Node<Value>, otherwise: () -> Node<Value>
) -> Node<Value> {
  BuildScope.withArena {
    let (then, otherwise) = (then(), otherwise())
    let arm = ValueType.uncoded(Value.self)
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "when"), attributes: TaskAttributes(cache: .transient),
      parameters: [
        .init(name: "condition", type: .keyed(Bool.self, name: "Bool")),
        .init(name: "then", type: arm), .init(name: "otherwise", type: arm),
      ],
      output: arm, kind: .when, body: .passingOn(Value.self))
    var call = TaskCall(definition)
    call.bind(condition)
    call.bind(then.handle)
    call.bind(otherwise.handle)
    return Node(call.finish())
  }
}

/// Takes a node or nil, by a value that is known only at run time.
///
/// - Returns: Nil where the condition is false; then nothing runs that only the node needs.
public func When<Value: Sendable>(
  _ condition: some TaskInput<Bool>, then: () -> Node<Value>
) -> Node<Value?> {
  When(condition) {
    Node<Value?>(collecting: [then().handle], as: .uncoded(Value?.self)) {
      $0[0, as: Value.self]
    }
  } otherwise: {
    Node<Value?>(collecting: [], as: .uncoded(Value?.self)) { _ in nil }
  }
}

extension TaskDefinition.Body {
  /// The body of a node that stands for another, which is its only input when it runs.
  static func passingOn<Value: Sendable>(_ type: Value.Type) -> Self {
    .sync { inputs, cell in Cell.initialize(cell, to: inputs[0, as: Value.self]) }
  }
}
