public import MillraceGraph

/// How a run is carried out. Nothing of it is part of a key, but ``seed`` for tasks with randomness.
public struct RunOptions: Sendable {
  /// The pipeline's name: the first part of the names that results are bound to.
  public var pipeline: String = "graph"
  /// What a failing node does to the rest of the run, unless the node says otherwise.
  public var failurePolicy: FailurePolicy = .failFast
  /// What durations, time limits and the waits between attempts are measured with; tasks get it as
  /// `context.clock`.
  public var clock: any Clock<Duration> = ContinuousClock()
  /// What random numbers of tasks with `randomness: true` start from.
  public var seed: UInt64 = 0
  /// Where environment variables come from; by default the process's own.
  public var environment: @Sendable (String) -> String? = ProcessEnvironment.value
  /// The folder that relative paths of exports are taken from; nil leaves exports out.
  public var exportFolder: String? = "."
  public var observers: [any RunObserver] = []
  /// Set by whoever wants the run to end.
  public var cancellation: Cancellation = Cancellation()
  /// Nodes whose values stay in memory until the result is gone.
  public var keepingValues: [AnyNode] = []

  /// Whether ``Plan/nodes`` is wanted, which takes time in large graphs; without it they are empty.
  /// A run that is not planned apart leaves it out.
  public var describesPlan: Bool = true

  public init() {}
}
