public import MillraceGraph

/// How a run is carried out. Nothing of it is part of a key, but ``seed`` for tasks with randomness.
public struct RunOptions: Sendable {
  /// What happens to the rest of a run when a node fails.
  public enum FailurePolicy: Hashable, Sendable {
    /// Nothing new starts; what runs may end.
    case failFast
    /// Everything that does not need the failed node goes on.
    case keepGoing
  }

  /// The pipeline's name: the first part of the names that results are bound to.
  public var pipeline: String = "graph"
  public var failurePolicy: FailurePolicy = .failFast
  /// What random numbers of tasks with `randomness: true` start from.
  ///
  /// A plug-in with a ``RunPlugin/seed`` stands above it.
  public var seed: UInt64 = 0
  /// Where environment variables come from; by default the process's own.
  public var environment: @Sendable (String) -> String? = ProcessEnvironment.value
  /// The folder that relative paths of exports are taken from; nil leaves exports out.
  public var exportFolder: String? = "."
  public var observers: [any RunObserver] = []
  /// Called before the run and before each attempt, in their order.
  public var plugins: [any RunPlugin] = []
  /// Set by whoever wants the run to end.
  public var cancellation: Cancellation = Cancellation()
  /// Nodes whose values stay in memory until the result is gone.
  public var keepingValues: [AnyNode] = []

  /// Whether ``Plan/nodes`` is wanted, which takes time in large graphs; without it they are empty.
  /// A run that is not planned apart leaves it out.
  public var describesPlan: Bool = true

  /// What is said of nodes by pattern, in the order in which it was said.
  var queries: [RunQuery] = []

  public init() {}
}
