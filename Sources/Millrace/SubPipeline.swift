public import MillraceGraph

/// A part of a pipeline as a value: parameters, and a body that makes nodes of them.
///
/// ```swift
/// struct Features: SubPipeline {
///   var rows: Node<[Row]>
///   var days = 7
///
///   var body: Node<Table> {
///     let clean = $clean(rows)
///     return $window(clean, days: days)
///   }
/// }
///
/// let weekly = Features(rows: rows)()                              // features/clean, features/window
/// let daily = Features(rows: rows, days: 1).named("daily")()       // daily/clean, daily/window
/// let model = $train(weekly, daily)
/// ```
///
/// Calling the value makes its nodes in the graph that is being built and gives its results, which are
/// used like any node. As a statement of a pipeline's body it needs no call: its results are leaves then.
///
/// Its nodes are in a ``MillraceGraph/Group(_:_:)`` that is called like its type, or as ``named(_:)``
/// says. Nothing else depends on where it stands: with equal inputs its tasks have equal keys, alone and
/// at any depth, so that what one pipeline computed is a hit in another one of the same store.
///
/// A modifier of the value holds for each of its tasks, unless something is said of the task's node
/// itself; and what a sub-pipeline inside of it says goes before what it says.
public protocol SubPipeline<Output> {
  /// What it gives: a node, an array or a tuple of nodes, a structure of nodes, or a
  /// ``MillraceGraph/Graph`` of leaves.
  associatedtype Output

  /// The name of its group. By default the type's name in lower case with hyphens.
  static var pipelineName: String { get }

  /// The nodes, made anew each time. Call the value instead, so that they are in its group.
  var body: Output { get }

  /// What modifiers say. Only ``ModifiedSubPipeline`` has other than the default.
  var __region: __SubPipelineRegion { get }
}

extension SubPipeline {
  public static var pipelineName: String { hyphenated("\(Self.self)") }

  public var __region: __SubPipelineRegion { __SubPipelineRegion(name: Self.pipelineName) }

  /// Makes its nodes, in its group.
  ///
  /// - Returns: Its results. Two calls make two sets of nodes, which share their keys.
  public func callAsFunction() -> Output {
    let region = __region
    return NodePlace.building(group: region.name, saying: region.sayings) { body }
  }
}

/// The name of a sub-pipeline's group, and what is said of all of its tasks.
public struct __SubPipelineRegion: Sendable {
  var name: String
  var sayings = NodePlace.Sayings()
}

/// A sub-pipeline of which something is said.
public struct ModifiedSubPipeline<Output>: SubPipeline {
  public let __region: __SubPipelineRegion
  let content: () -> Output

  public var body: Output { content() }
}

// Each modifier returns another value and changes no existing one; of two alike the later wins.
extension SubPipeline {
  /// Calls its group so: several of one type stand side by side under names of their own.
  public func named(_ name: String) -> ModifiedSubPipeline<Output> {
    modified { $0.name = name }
  }

  /// Runs its nodes on another backend: it is a block then.
  public func on(_ backend: any BackendReference) -> ModifiedSubPipeline<Output> {
    modified { $0.sayings.backend = backend }
  }

  /// Overrides the cache policy of each of its tasks, but of actors and calls on them.
  public func cache(_ policy: CachePolicy) -> ModifiedSubPipeline<Output> {
    saying { $0.cache = policy }
  }

  /// Overrides the retry policy of each of its tasks.
  public func retry(_ policy: RetryPolicy) -> ModifiedSubPipeline<Output> {
    saying { $0.retry = policy }
  }

  /// Overrides the time limits of each of its tasks; the limit is each node's, not that of all together.
  public func timeout(
    _ limit: Duration, perAttempt: Duration? = nil
  ) -> ModifiedSubPipeline<Output> {
    saying { $0.timeout = .node(limit, perAttempt: perAttempt) }
  }

  /// Overrides the time limits of each of its tasks.
  public func timeout(perAttempt limit: Duration) -> ModifiedSubPipeline<Output> {
    saying { $0.timeout = .perAttempt(limit) }
  }

  /// Says what the failure of one of its tasks does to the rest of the run.
  public func onFailure(_ policy: FailurePolicy) -> ModifiedSubPipeline<Output> {
    saying { $0.failure = policy }
  }

  /// Says what each of its tasks takes of the run's pools; not what all take together.
  public func resources(_ amounts: [String: ResourceAmount]) -> ModifiedSubPipeline<Output> {
    saying { $0.resources = amounts }
  }

  /// Overrides the priority of each of its tasks.
  public func priority(_ priority: Int) -> ModifiedSubPipeline<Output> {
    saying { $0.priority = priority }
  }

  /// Starts each of its tasks only when other nodes have ended successfully.
  public func after<each Other: Sendable>(
    _ others: repeat Node<each Other>
  ) -> ModifiedSubPipeline<Output> {
    modified { for other in repeat each others { $0.sayings.befores.append(other.erased) } }
  }

  /// Starts each of its tasks only when all nodes of a list have ended successfully.
  public func after<Other: Sendable>(_ others: [Node<Other>]) -> ModifiedSubPipeline<Output> {
    modified { $0.sayings.befores += others.map(\.erased) }
  }

  /// Adds labels to those of its tasks.
  public func tagged(_ tags: String...) -> ModifiedSubPipeline<Output> {
    saying { $0.tags = tags }
  }

  private func saying(
    _ change: (inout NodeAttributes) -> Void
  ) -> ModifiedSubPipeline<Output> {
    modified { region in
      var said = NodeAttributes()
      change(&said)
      var all = region.sayings.attributes ?? NodeAttributes()
      all.merge(said)
      region.sayings.attributes = all
    }
  }

  private func modified(
    _ change: (inout __SubPipelineRegion) -> Void
  ) -> ModifiedSubPipeline<Output> {
    var region = __region
    change(&region)
    return ModifiedSubPipeline(__region: region) { body }
  }
}

// A sub-pipeline as a statement: its results are leaves.
extension GraphBuilder {
  public static func buildExpression<Part: SubPipeline>(_ part: Part) -> Graph
  where Part.Output == Graph { part() }

  public static func buildExpression<Part: SubPipeline, Value>(_ part: Part) -> Graph
  where Part.Output == Node<Value> { buildExpression(part()) }

  public static func buildExpression<Part: SubPipeline, Value>(_ part: Part) -> Graph
  where Part.Output == [Node<Value>] { buildExpression(part()) }

  @_disfavoredOverload
  @available(
    *, unavailable,
    message: "its results are no single node; call it, and write those that are asked for"
  )
  public static func buildExpression<Part: SubPipeline>(_ part: Part) -> Graph { Graph(leaves: []) }
}
