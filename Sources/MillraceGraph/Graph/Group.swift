/// A part of a graph with a name of its own, which the names of its nodes begin with.
///
/// ```swift
/// let table = Group("features") {
///   let rows = $clean(raw)          // features/clean
///   return $window(rows, days: 7)   // features/window
/// }
/// ```
///
/// Groups nest: `features/dates/parse`. A group changes nothing but names, so it is no part of keys: nodes
/// can be moved in and out of one, and stay hits. Groups of one name are one group; as everywhere, default
/// names that meet in it get digits, and explicit ones that meet are an error. An empty name adds nothing.
///
/// - Returns: The closure's node.
public func Group<Value>(
  _ name: String, _ content: () throws -> Node<Value>
) rethrows -> Node<Value> {
  try NodePlace.building(group: name, content)
}

/// A part of a graph with a name of its own, which the names of its nodes begin with.
///
/// - Returns: The closure's nodes.
public func Group<Value>(
  _ name: String, _ content: () throws -> [Node<Value>]
) rethrows -> [Node<Value>] {
  try NodePlace.building(group: name, content)
}

/// A part of a graph with a name of its own, which the names of its nodes begin with.
///
/// - Returns: The closure's nodes.
public func Group<First, Second, each Rest>(
  _ name: String, _ content: () throws -> (Node<First>, Node<Second>, repeat Node<each Rest>)
) rethrows -> (Node<First>, Node<Second>, repeat Node<each Rest>) {
  try NodePlace.building(group: name, content)
}

/// A part of a graph with a name and leaves of its own.
@_disfavoredOverload
public func Group(
  _ name: String, @GraphBuilder leaves content: () throws -> Graph
) rethrows -> Graph {
  try NodePlace.building(group: name, content)
}
