/// A part of a graph that runs on one backend.
///
/// ```swift
/// let features = Block(on: .dispatch()) { $featurize(rows) }
/// ```
///
/// - Returns: The closure's node.
public func Block<Value>(
  on backend: any BackendReference, _ content: () throws -> Node<Value>
) rethrows -> Node<Value> {
  try BuildScope.withPlace(NodePlace(backend: backend), content)
}

/// A part of a graph that runs on one backend.
///
/// - Returns: The closure's nodes.
public func Block<Value>(
  on backend: any BackendReference, _ content: () throws -> [Node<Value>]
) rethrows -> [Node<Value>] {
  try BuildScope.withPlace(NodePlace(backend: backend), content)
}

/// A part of a graph that runs on one backend.
///
/// - Returns: The closure's nodes.
public func Block<First, Second, each Rest>(
  on backend: any BackendReference,
  _ content: () throws -> (Node<First>, Node<Second>, repeat Node<each Rest>)
) rethrows -> (Node<First>, Node<Second>, repeat Node<each Rest>) {
  try BuildScope.withPlace(NodePlace(backend: backend), content)
}

/// A part of a graph that runs on one backend, with leaves of its own.
@_disfavoredOverload
public func Block(
  on backend: any BackendReference, @GraphBuilder leaves content: () throws -> Graph
) rethrows -> Graph {
  try BuildScope.withPlace(NodePlace(backend: backend), content)
}
