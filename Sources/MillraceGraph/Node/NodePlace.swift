/// What a graph must know of a backend: what to call it.
public protocol BackendReference: Sendable {
  /// What plans, events and messages call it, for example `dispatch:2`.
  var name: String { get }
}

/// The block in which a node was written.
@usableFromInline package final class NodePlace: Sendable {
  package let backend: any BackendReference

  init(backend: any BackendReference) { self.backend = backend }
}
