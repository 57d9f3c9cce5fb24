import MillraceGraph
import Synchronization

// When plug-ins are called; a run without any comes here for one comparison.
extension Execution {
  /// Tells plug-ins of the nodes, before anything runs.
  func initializeLocally() throws {
    guard let plugin else { return }
    let nodes = state.withLock { state in
      var nodes: [PluginNode] = []
      state.table.forEachGraphNode { node in
        guard node.record.isTask else { return }
        nodes.append(
          PluginNode(
            name: node.position.map { state.name(of: $0) } ?? node.baseName,
            task: node.record.definition, attributes: node.attributes ?? NodeAttributes()))
      }
      return nodes
    }
    for node in nodes { try plugin.localInitialize(node) }
  }

  /// Who gives an attempt its context: plug-ins where there are any, which change that of `source`.
  ///
  /// What it gives must be kept until the body has ended.
  func contextSource(
    _ node: Int, _ step: StepInput, attempt: Int, from source: any TaskContextSource
  ) throws -> any TaskContextSource {
    // Another process calls its own.
    guard let plugin, step.record.isTask, step.farLane == nil else { return source }
    var context = source.context(ofNode: node, attempt: attempt)
    let attributes = state.withLock { $0.table.attributes[node] ?? NodeAttributes() }
    try plugin.remoteInitialize(
      PluginNode(name: context.node, task: step.definition, attributes: attributes), &context)
    return AttemptContext(context)
  }
}

/// A context that is made before its body begins.
private final class AttemptContext: TaskContextSource {
  private let context: TaskContext

  init(_ context: TaskContext) { self.context = context }

  func context(ofNode node: Int, attempt: Int) -> TaskContext { context }
}
