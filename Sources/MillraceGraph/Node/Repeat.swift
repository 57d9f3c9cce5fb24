/// Takes a step again and again, until a condition holds of what it gives.
///
/// ```swift
/// let model = Repeat(from: $start(), until: { $isGoodEnough($0) }) { $improve($0) }
/// ```
///
/// Both closures are called once and make a template, which each round runs a copy of. The condition is
/// asked before each step, also of the initial state; its result is the first state of which it holds.
/// Each step is keyed by its state, so a second run finds all of them.
///
/// - Parameters:
///   - initial: The first state: a node or a constant.
///   - limit: How many steps may be taken, 1 or more. If the condition does not hold then, the run fails
///     with code `limitExceeded`.
///   - condition: Whether a state is the result.
///   - step: From one state to the next.
public func Repeat<State: Sendable>(
  from initial: some TaskInput<State>, limit: Int = 100,
  until condition: (Node<State>) -> Node<Bool>, _ step: (Node<State>) -> Node<State>
) -> Node<State> {
  BuildScope.withArena {
    let (state, isLast, next) = BuildScope.withElement {
      let state = Node<State>.standIn()
      return (state, condition(state), step(state))
    }
    let template = ForEachTemplate(
      element: state, result: next.handle, condition: isLast.handle, limit: limit)
    let type = ValueType.uncoded(State.self)
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "repeat"), attributes: TaskAttributes(cache: .transient),
      parameters: [.init(name: "initial", type: type), .init(name: "exceeded", type: type)],
      output: type, kind: .repeat(template), body: .passingOn(State.self))
    let initial = initial.__input.node
    var call = TaskCall(definition, inputs: 2 + template.captures.count)
    call.bind(initial.handle)
    call.bind(Node.exceeding(limit, from: initial).handle)
    for capture in template.captures { call.bind(AnyNode(capture)) }
    return Node(call.finish())
  }
}

extension Node {
  /// What a `Repeat` gives that reached its limit: an error.
  fileprivate static func exceeding(_ limit: Int, from initial: Node) -> Node {
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "repeat"), attributes: TaskAttributes(cache: .off),
      parameters: [.init(name: "initial", type: .uncoded(Value.self))],
      output: .uncoded(Value.self), kind: .projection,
      body: .sync { _, _ in
        throw PipelineError(
          .limitExceeded,
          "A 'Repeat' took \(limit) steps and its condition still does not hold; mend the condition, or raise 'limit:'."
        )
      })
    return definition.__call { $0.bind(initial) }
  }
}
