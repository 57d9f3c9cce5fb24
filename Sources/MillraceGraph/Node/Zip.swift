/// Two values that belong together: an element of the list that ``zip(_:_:fileID:line:)`` makes.
///
/// It can be encoded, as tuples cannot, so it can be an element of a `ForEach`.
public struct Zipped<First: Sendable, Second: Sendable>: Sendable {
  public var first: First
  public var second: Second

  public init(_ first: First, _ second: Second) {
    self.first = first
    self.second = second
  }
}

extension Zipped: Equatable where First: Equatable, Second: Equatable {}
extension Zipped: Hashable where First: Hashable, Second: Hashable {}
extension Zipped: Encodable where First: Encodable, Second: Encodable {}
extension Zipped: Decodable where First: Decodable, Second: Decodable {}

extension Zipped: TaskInput, TaskValue where First: Codable, Second: Codable {}

/// Pairs of the elements of two lists that stand at the same place.
///
/// ```swift
/// let scores = zip(models, tests).map { model, test in $evaluate(model, on: test) }
/// ```
///
/// The lists must have the same length: Swift's `zip` leaves out what is over, but here data would be lost
/// unseen. Where they differ the run fails with code `misuse`, and the message has both lengths and the place of
/// the call. Three lists are `zip(zip(a, b), c)`. Consumers are keyed by the lists' results; nothing is encoded or stored for the pairs.
///
/// One of the two may be a constant or an array of nodes. (Two arrays are paired by Swift's own `zip`, when the
/// graph is built.)
///
/// - Complexity: O(*n*) elements, whenever the value is needed.
public func zip<First: Sendable, Second: Sendable>(
  _ first: Node<[First]>, _ second: some TaskInput<[Second]>, fileID: StaticString = #fileID,
  line: Int = #line
) -> Node<[Zipped<First, Second>]> { .zipping(first, Node(second), "\(fileID):\(line)") }

/// Pairs of the elements of two lists that stand at the same place, of which the second is a node.
@_disfavoredOverload
public func zip<First: Sendable, Second: Sendable>(
  _ first: some TaskInput<[First]>, _ second: Node<[Second]>, fileID: StaticString = #fileID,
  line: Int = #line
) -> Node<[Zipped<First, Second>]> { .zipping(Node(first), second, "\(fileID):\(line)") }

extension Node {
  /// `zip` as a method of the first list.
  public func zip<First: Sendable, Second: Sendable>(
    _ other: some TaskInput<[Second]>, fileID: StaticString = #fileID, line: Int = #line
  ) -> Node<[Zipped<First, Second>]> where Value == [First] {
    .zipping(self, Node<[Second]>(other), "\(fileID):\(line)")
  }

  /// `ForEach` over pairs, with a parameter for each of the two.
  public func map<First: Codable & Sendable, Second: Codable & Sendable, Output: Sendable>(
    naming: (@Sendable (Zipped<First, Second>) -> String)? = nil, limit: Int? = nil,
    _ body: (Node<First>, Node<Second>) -> Node<Output>
  ) -> Node<[Output]> where Value == [Zipped<First, Second>] {
    ForEach(self, naming: naming, limit: limit) { body($0.first, $0.second) }
  }

  fileprivate static func zipping<First: Sendable, Second: Sendable>(
    _ first: Node<[First]>, _ second: Node<[Second]>, _ place: String
  ) -> Node where Value == [Zipped<First, Second>] {
    Node(
      viewing: [first.handle, second.handle], tag: "zip 8a30d7f2b15c4e69",
      as: .uncoded(Value.self)
    ) { inputs in
      let (first, second) = (inputs[1, as: [First].self], inputs[2, as: [Second].self])
      guard first.count == second.count else {
        throw PipelineError(
          .misuse,
          "'zip' (\(place)) was given \(first.count) and \(second.count) elements; give it lists of one length."
        )
      }
      return first.indices.map { Zipped(first[$0], second[$0]) }
    }
  }
}
