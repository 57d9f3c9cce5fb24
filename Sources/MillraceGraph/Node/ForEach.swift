/// Runs a part of a graph once for each element of a list that is known only at run time.
///
/// ```swift
/// let rows = ForEach(months, naming: \.name) { month in $clean($load(month)) }
/// ```
///
/// The closure goes from a node to a node and is called once, while the graph is built: what it makes
/// is a template. Each element runs its own copy of the nodes that depend on the element, keyed by the
/// element's value; the others run once. So one new element runs one copy, wherever it stands.
///
/// - Parameters:
///   - source: A node or a constant of a list. Elements must be `Codable`, since they are part of keys.
///   - naming: What copies are called after their element: `clean[2013-01]` for `"2013-01"`. Without it
///     they have a digest, `clean#3fa91c05d2`, since values do not belong into names unasked. No part of keys.
///   - limit: How many elements may be in flight at once, 1 or more; by default as many as there are
///     workers. The earliest that is ready starts first; those whose values are known do not count.
///   - body: The template. It may contain further `ForEach`es.
/// - Returns: The results in the elements' order.
public func ForEach<Element: Codable & Sendable, Output: Sendable>(
  _ source: some TaskInput<[Element]>, naming: (@Sendable (Element) -> String)? = nil,
  limit: Int? = nil, _ body: (Node<Element>) -> Node<Output>
) -> Node<[Output]> {
  BuildScope.withArena {
    let (element, result) = BuildScope.withElement {
      let element = Node<Element>.element()
      return (element, body(element))
    }
    let template = ForEachTemplate(
      element: element, result: result.handle, limit: limit, naming: naming,
      collect: { count, results, cell in
        Cell.initialize(cell, to: (0..<count).map { results[$0, as: Output.self] })
      })
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "forEach"),
      attributes: TaskAttributes(cache: .transient),
      parameters: [.init(name: "source", type: .keyed([Element].self, name: "[\(Element.self)]"))],
      output: .uncoded([Output].self), kind: .forEach(template),
      body: .sync { inputs, cell in
        let count = inputs[0, as: [Element].self].count
        Cell.initialize(cell, to: (0..<count).map { inputs[$0 + 1, as: Output.self] })
      })
    var call = TaskCall(definition, inputs: 1 + template.captures.count)
    call.bind(source)
    for capture in template.captures { call.bind(AnyNode(capture)) }
    return Node(call.finish())
  }
}

extension Node {
  /// `ForEach` as a method of the list.
  public func map<Element: Codable & Sendable, Output: Sendable>(
    naming: (@Sendable (Element) -> String)? = nil, limit: Int? = nil,
    _ body: (Node<Element>) -> Node<Output>
  ) -> Node<[Output]> where Value == [Element] {
    ForEach(self, naming: naming, limit: limit, body)
  }
}

extension Node where Value: Codable {
  /// The stand-in for an element while a template is made.
  static func element() -> Node {
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "element"),
      attributes: TaskAttributes(cache: .transient), parameters: [],
      output: .coded(Value.self),
      kind: .element(depth: BuildScope.elementDepth), body: .sync { _, _ in })
    return definition.__call { _ in }
  }
}
