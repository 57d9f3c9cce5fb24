/// What a graph must know of a backend: what to call it.
public protocol BackendReference: Sendable {
  /// What plans, events and messages call it, for example `dispatch:2`.
  var name: String { get }
}

/// Where a node was written: in which block, in which group, and in which sub-pipeline of which
/// something is said.
package final class NodePlace: Sendable {
  /// The backend of the innermost block; nil outside of any.
  package let backend: (any BackendReference)?
  /// What names begin with: the groups from the outermost on, each with a slash behind it.
  let prefix: String
  /// What is said of every task that is written here.
  let attributes: NodeAttributesBox?

  /// A place inside of the current one.
  init(
    backend: (any BackendReference)? = nil, group: String? = nil, attributes: NodeAttributes? = nil
  ) {
    let outer = BuildScope.current?.place
    self.backend = backend ?? outer?.backend
    let group = group ?? ""
    prefix = (outer?.prefix ?? "") + (group.isEmpty ? "" : "\(group)/")
    if let attributes {
      var all = outer?.attributes?.attributes ?? NodeAttributes()
      all.merge(attributes)
      self.attributes = NodeAttributesBox(all)
    } else {
      self.attributes = outer?.attributes
    }
  }

  /// Calls `content` so that the nodes it makes share one arena, and are in a place inside of the
  /// current one.
  package static func building<Result>(
    group: String, on backend: (any BackendReference)?, _ attributes: NodeAttributes?,
    _ content: () throws -> Result
  ) rethrows -> Result {
    try BuildScope.withArena {
      try BuildScope.withPlace(
        NodePlace(backend: backend, group: group, attributes: attributes), content)
    }
  }

  /// A name that is given here, with the groups that it is given in.
  static func qualified(_ name: String) -> String {
    guard let place = BuildScope.current?.place else { return name }
    return place.prefix + name
  }
}

extension UnsafePointer<NodeRecord> {
  package var place: NodePlace? { pointee.place?._withUnsafeGuaranteedRef { $0 } }

  /// What the node is called if nobody names it: as its task, in its group.
  package var defaultName: String {
    guard let place, !place.prefix.isEmpty else { return definition.name }
    return place.prefix + definition.name
  }
}
