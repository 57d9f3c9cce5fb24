/// The elements of the lists of a list, in their order, as one list.
///
/// ```swift
/// let chunks = ForEach(files) { $split($0) }         // Node<[[Chunk]]>
/// let scores = flatten(chunks).map { $score($0) }    // one copy for each chunk
/// ```
///
/// Consumers are keyed by the lists' results; nothing is encoded or stored for the list itself.
///
/// - Parameter lists: A node of lists, an array of nodes of lists, or a constant.
/// - Complexity: O(*n*) elements, whenever the value is needed.
public func flatten<Element: Sendable>(
  _ lists: some TaskInput<[[Element]]>
) -> Node<[Element]> {
  Node(
    viewing: [Node(lists).handle], tag: "flatten lists 5c1e0f7a9b3d4862",
    as: .uncoded([Element].self)
  ) { Array($0[1, as: [[Element]].self].joined()) }
}

/// The elements of a list that are not nil, in their order.
///
/// With a `When` that has no other arm it keeps what fulfils a condition:
///
/// ```swift
/// let reports = ForEach(months) { month in When($isComplete(month)) { $report(month) } }.flatten()
/// ```
///
/// - Parameter values: A node of optionals, an array of such nodes, or a constant.
/// - Complexity: O(*n*) elements, whenever the value is needed.
public func flatten<Element: Sendable>(
  _ values: some TaskInput<[Element?]>
) -> Node<[Element]> {
  Node(
    viewing: [Node(values).handle], tag: "flatten optionals 2e94d0b7c6a15f38",
    as: .uncoded([Element].self)
  ) { $0[1, as: [Element?].self].compactMap(\.self) }
}

extension Node {
  /// The elements of the lists as one list; see ``flatten(_:)``.
  public func flatten<Element: Sendable>() -> Node<[Element]> where Value == [[Element]] {
    MillraceGraph.flatten(self)
  }

  /// The elements that are not nil; see ``flatten(_:)``.
  public func flatten<Element: Sendable>() -> Node<[Element]> where Value == [Element?] {
    MillraceGraph.flatten(self)
  }
}
