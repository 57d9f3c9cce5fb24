/// What a graph must know of a backend: what to call it.
public protocol BackendReference: Sendable {
  /// What plans, events and messages call it, for example `dispatch:2`.
  var name: String { get }
}

/// Where a node was written: in which block, in which group, and in which sub-pipeline of which
/// something is said.
@usableFromInline package final class NodePlace: @unchecked Sendable {
  // Immutable; `befores` is read while the graph is built.
  /// The backend of the innermost block; nil outside of any.
  package let backend: (any BackendReference)?
  /// What names begin with: the groups from the outermost on, each with a slash behind it.
  let prefix: String
  /// What is said of every task that is written here.
  private let attributes: NodeAttributesBox?
  /// The same without a cache policy, which state cannot have.
  private let statefulAttributes: NodeAttributesBox?
  /// What every task that is written here starts after. Records alone, since a place that kept an arena
  /// alive might keep its own; who builds has the nodes.
  private let befores: [UnsafePointer<NodeRecord>]

  /// What modifiers say of a whole sub-pipeline.
  package struct Sayings {
    package var backend: (any BackendReference)?
    package var attributes: NodeAttributes?
    package var befores: [AnyNode] = []

    package init() {}
  }

  /// A place inside of the current one.
  init(
    backend: (any BackendReference)? = nil, group: String? = nil, attributes: NodeAttributes? = nil,
    befores: [AnyNode] = []
  ) {
    let outer = BuildScope.place
    self.backend = backend ?? outer?.backend
    let group = group ?? ""
    prefix = (outer?.prefix ?? "") + (group.isEmpty ? "" : "\(group)/")
    if let attributes {
      var all = outer?.attributes?.attributes ?? NodeAttributes()
      all.merge(attributes)
      self.attributes = NodeAttributesBox(all)
      all.cache = nil
      statefulAttributes = NodeAttributesBox(all)
    } else {
      self.attributes = outer?.attributes
      statefulAttributes = outer?.statefulAttributes
    }
    self.befores = (outer?.befores ?? []) + befores.map(\.record)
  }

  /// Calls `content` so that the nodes it makes share one arena, and are in a place inside of the
  /// current one.
  package static func building<Result>(
    group: String, saying sayings: Sayings = Sayings(), _ content: () throws -> Result
  ) rethrows -> Result {
    defer { withExtendedLifetime(sayings) {} }
    return try BuildScope.withArena {
      let place = NodePlace(
        backend: sayings.backend, group: group, attributes: sayings.attributes,
        befores: sayings.befores)
      return try BuildScope.withPlace(place, content)
    }
  }

  /// A handle of a node that was made here, with what is said of every task; before anything else is.
  func saying(of node: AnyNode) -> AnyNode {
    let said: NodeAttributesBox?
    switch node.record.shape {
    case .task: said = attributes
    case .instance, .method: said = statefulAttributes
    default: return node
    }
    if said == nil && befores.isEmpty { return node }
    return node.modified(said, after: befores.map { AnyNode($0) })
  }

  /// A name that is given here, with the groups that it is given in.
  static func qualified(_ name: String) -> String {
    guard let place = BuildScope.place else { return name }
    return place.prefix + name
  }
}

extension UnsafePointer<NodeRecord> {
  /// What the node is called if nobody names it: as its task, in its group.
  package var defaultName: String {
    guard let place, !place.prefix.isEmpty else { return definition.name }
    return place.prefix + definition.name
  }
}
