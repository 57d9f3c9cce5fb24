public import MillraceGraph

/// Something that is to happen around the tasks of a run without standing in any of them: setting up
/// a library, seeding it, handing over a variable.
///
/// A run without plug-ins pays nothing for them. What plug-ins do is no part of any key, but ``seed``:
/// results that depend on a plug-in are found again without it.
public protocol RunPlugin: Sendable {
  /// Called in the main process for each task of the graph, in traversal order, before anything runs;
  /// hits and nodes that will not be needed are among them.
  ///
  /// The nodes inside of a `ForEach` are told of once, behind it, since its elements are not known yet.
  /// Calls come from the thread that runs the plan, one after the other.
  ///
  /// - Throws: What ends the run before it begins: ``Plan/run()`` throws it.
  func localInitialize(_ node: PluginNode) throws

  /// Called on the worker that runs the body, just before each attempt, and not for hits.
  ///
  /// Calls for several nodes may come at the same time.
  ///
  /// - Parameter context: What the body will receive; changes hold for this attempt alone.
  /// - Throws: What fails the attempt, as if the body had thrown it.
  func remoteInitialize(_ node: PluginNode, _ context: inout TaskContext) throws

  /// The run's seed, in place of ``RunOptions/seed``; nil leaves it. Keys of tasks with
  /// `randomness: true` follow it.
  var seed: UInt64? { get }
}

extension RunPlugin {
  public func localInitialize(_ node: PluginNode) throws {}
  public func remoteInitialize(_ node: PluginNode, _ context: inout TaskContext) throws {}
  public var seed: UInt64? { nil }
}

/// A task's node as plug-ins see it.
public struct PluginNode: Sendable {
  /// The name that plans and events use. Before the run, nodes inside of a `ForEach` have the name that
  /// they were given there; on the worker each copy has its own.
  public let name: String
  public let task: TaskDefinition
  /// What modifiers and queries say of the node.
  public let attributes: NodeAttributes

  /// The labels of the task and of the node.
  public var tags: [String] {
    task.attributes.tags + attributes.tags.filter { !task.attributes.tags.contains($0) }
  }
}
