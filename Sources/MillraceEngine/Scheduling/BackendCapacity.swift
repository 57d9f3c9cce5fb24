/// How many bodies a backend runs at once, and which of those that wait it runs first.
///
/// A run with pools, priorities or a job limit hands no more bodies to a backend than it runs at once,
/// so that none holds a pool while it waits for a worker.
public struct BackendCapacity: Hashable, Sendable {
  public enum Order: Hashable, Sendable {
    /// In the order in which nodes were declared.
    case declaration
    /// What became ready last goes first, so that a branch is finished before the next begins.
    case newestFirst
  }

  /// At least 1; nil where there is no bound.
  public var bodies: Int?
  public var order: Order

  public init(bodies: Int? = nil, order: Order = .declaration) {
    self.bodies = bodies
    self.order = order
  }
}

extension Backend {
  public var capacity: BackendCapacity { BackendCapacity() }
}

extension LocalBackend {
  public var capacity: BackendCapacity { BackendCapacity(bodies: 1) }
}

extension DispatchBackend {
  public var capacity: BackendCapacity { BackendCapacity(bodies: width, order: .newestFirst) }
}
