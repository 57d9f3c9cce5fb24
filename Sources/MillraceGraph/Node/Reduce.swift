/// Folds a list that is known only at run time, in the order of its elements.
///
/// ```swift
/// let total = Reduce(ForEach(files) { $count($0) }, into: 0) { total, count in $add(total, count) }
/// ```
///
/// The closure is called once and is a template, as that of a `ForEach`: each element runs a copy that
/// takes the result of the copy before. A list that a `ForEach` gives is never put together: each copy
/// takes its element as soon as it is there, and the element's value is dropped afterwards. Where
/// nothing else needs the elements, only a few of them wait at a time, so memory stays flat. (Stored
/// elements whose combining is transient are the exception: its key is made of all of them.)
///
/// - Parameters:
///   - list: A node or a constant of a list.
///   - initial: What the first element is combined with, and the result for an empty list.
///   - combine: The template.
public func Reduce<Element: Codable & Sendable, Result: Sendable>(
  _ list: some TaskInput<[Element]>, into initial: some TaskInput<Result>,
  _ combine: (_ accumulated: Node<Result>, _ element: Node<Element>) -> Node<Result>
) -> Node<Result> {
  Node.folding(list, initial, element: Node<Element>.element, combine)
}

/// `Reduce` of elements that cannot be encoded; they should come from a `ForEach`, or the copies have no
/// key and run in every run.
@_disfavoredOverload
public func Reduce<Element: Sendable, Result: Sendable>(
  _ list: some TaskInput<[Element]>, into initial: some TaskInput<Result>,
  _ combine: (_ accumulated: Node<Result>, _ element: Node<Element>) -> Node<Result>
) -> Node<Result> {
  Node.folding(list, initial, element: Node<Element>.standIn, combine)
}

extension Node {
  /// `Reduce` as a method of the list.
  public func reduce<Element: Codable & Sendable, Result: Sendable>(
    _ initial: some TaskInput<Result>,
    _ combine: (_ accumulated: Node<Result>, _ element: Node<Element>) -> Node<Result>
  ) -> Node<Result> where Value == [Element] {
    Reduce(self, into: initial, combine)
  }

  /// `Reduce` as a method of a list of values that cannot be encoded.
  @_disfavoredOverload
  public func reduce<Element: Sendable, Result: Sendable>(
    _ initial: some TaskInput<Result>,
    _ combine: (_ accumulated: Node<Result>, _ element: Node<Element>) -> Node<Result>
  ) -> Node<Result> where Value == [Element] {
    Reduce(self, into: initial, combine)
  }

  fileprivate static func folding<Element: Sendable>(
    _ list: some TaskInput<[Element]>, _ initial: some TaskInput<Value>,
    element: () -> Node<Element>, _ combine: (Node, Node<Element>) -> Node
  ) -> Node {
    BuildScope.withArena {
      let (accumulated, element, result) = BuildScope.withElement {
        let (accumulated, element) = (Node.standIn(), element())
        return (accumulated, element, combine(accumulated, element))
      }
      let template = ForEachTemplate(
        element: element, accumulated: accumulated.handle, result: result.handle)
      let listType: ValueType =
        if let type = [Element].self as? any (Encodable & Sendable).Type {
          .keyed(type, name: "[\(Element.self)]")
        } else {
          .uncoded([Element].self)
        }
      let definition = TaskDefinition(
        id: TaskID(fileID: "Millrace", path: "reduce"),
        attributes: TaskAttributes(cache: .transient),
        parameters: [
          .init(name: "list", type: listType),
          .init(name: "initial", type: .uncoded(Value.self)),
        ],
        output: .uncoded(Value.self), kind: .reduce(template), body: .passingOn(Value.self))
      var call = TaskCall(definition, inputs: 2 + template.captures.count)
      call.bind(list)
      call.bind(initial.__input.node.handle)
      for capture in template.captures { call.bind(AnyNode(capture)) }
      return Node(call.finish())
    }
  }

  /// What stands in a template for a node that is there when the template is copied.
  static func standIn() -> Node {
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "standIn"),
      attributes: TaskAttributes(cache: .transient),
      parameters: [], output: .uncoded(Value.self),
      kind: .element(depth: BuildScope.elementDepth), body: .sync { _, _ in })
    return definition.__call { _ in }
  }
}
