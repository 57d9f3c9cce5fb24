public import MillraceGraph

/// How a run is carried out. Nothing of it is part of a key, but ``seed`` for tasks with
/// randomness, and ``fingerprint``.
public struct RunOptions: Sendable {
  /// The pipeline's name: the first part of the names that results are bound to.
  public var pipeline: String = "graph"
  /// What a failing node does to the rest of the run, unless the node says otherwise.
  public var failurePolicy: FailurePolicy = .failFast
  /// What durations, time limits and the waits between attempts are measured with; tasks get it as
  /// `context.clock`.
  public var clock: any Clock<Duration> = ContinuousClock()
  /// What random numbers of tasks with `randomness: true` start from.
  ///
  /// A plug-in with a ``RunPlugin/seed`` stands above it.
  public var seed: UInt64 = 0
  /// What stands for the tasks' code in keys.
  public var fingerprint: FingerprintSource = .source
  /// Where environment variables come from; by default the process's own.
  public var environment: @Sendable (String) -> String? = ProcessEnvironment.value
  /// The folder that relative paths of exports are taken from; nil leaves exports out.
  public var exportFolder: String? = "."
  public var observers: [any RunObserver] = []
  /// Called before the run and before each attempt, in their order.
  public var plugins: [any RunPlugin] = []
  /// Set by whoever wants the run to end.
  public var cancellation: Cancellation = Cancellation()
  /// How much there is of each pool that nodes request with `resources:`, in this run. A node that
  /// requests more than there is, or of a pool without a limit, is refused at planning.
  public var resources: [String: ResourceAmount] = [:]
  /// How many bodies run at once in the whole run, whatever its backends could; nil for as many as they
  /// can.
  public var jobs: Int?
  /// While the process has more bytes of memory resident than this, no further body starts, unless none
  /// runs. Memory is looked at every few milliseconds at most, so the budget may be overshot by what
  /// begins in between, and by what running bodies take.
  public var memoryBudget: ResourceAmount?
  /// Says how many bytes of memory the process has resident; asked only with a ``memoryBudget``.
  public var residentMemory: @Sendable () -> Int = ProcessMemory.resident
  /// Nodes whose values stay in memory until the result is gone.
  public var keepingValues: [AnyNode] = []

  /// Whether ``Plan/nodes`` is wanted, which takes time in large graphs; without it they are empty.
  /// A run that is not planned apart leaves it out.
  public var describesPlan: Bool = true

  /// Whether the events of nodes that ran say why: ``NodeReport/explanation``. The results of nodes that
  /// run are then compared with earlier ones, and graphs of brief tasks take longer.
  public var explainsNodes: Bool = false

  /// Who may ask during the run how much there is to do.
  package var gauge: RunGauge?

  /// From how many elements on a list may have them run in a loop. Few cost little the long way, and are
  /// more often long themselves.
  var shortestLoop: Int = 16

  /// Patterns of the nodes that are asked for, instead of the graph's leaves, and through them what they
  /// need; see ``MillraceGraph/Graph/only(_:)-([String])``. All leaves if it is empty.
  public var only: [String] = []
  /// Patterns of the nodes at which the run ends; see ``MillraceGraph/Graph/until(_:)-([String])``.
  public var until: [String] = []

  /// Nodes that run although they have a result, to be compared with it; such a run records nothing.
  var determinismChecks: DeterminismChecks?

  /// What is said of nodes by pattern, in the order in which it was said.
  var queries: [RunQuery] = []

  /// What stands for the values of failed tasks, by type.
  private(set) var fallbacks: [ObjectIdentifier: NodeFallback] = [:]

  public init() {}

  /// Gives every task with values of this type a value to go on with if its last attempt fails, as
  /// ``Node/ignoringFailure(default:)`` does for one node. What is said of a node, with that or with
  /// ``Node/onFailure(_:)``, stands above it; tasks with values of other types fail as before.
  ///
  /// ```swift
  /// options.ignoreFailures(default: [Row]())
  /// ```
  public mutating func ignoreFailures<Value: Sendable>(default value: Value) {
    fallbacks[ObjectIdentifier(Value.self)] = NodeFallback(value)
  }

  /// - Throws: ``PipelineError`` with code `cancelled` if the run is to end before it has begun.
  func checkPlanning() throws {
    guard cancellation.isCancelled else { return }
    throw PipelineError(.cancelled, "The run was cancelled while it was planned; nothing has run.")
  }
}
