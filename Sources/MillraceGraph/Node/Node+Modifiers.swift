// A modifier returns a new handle of the same node and changes no existing one. What is said of a
// node anywhere in a graph holds for it in that graph.
extension Node {
  /// Gives the node a name, by which it is read, planned and reported. Names are unique in a graph.
  ///
  /// A name that is given inside of a ``Group(_:_:)`` begins with the group's: `features/table`.
  public func named(_ name: String) -> Node {
    let name = NodePlace.qualified(name)
    return modified { $0.name = name }
  }

  /// Copies the artifact to a file after each run that succeeds.
  ///
  /// - Parameter path: Relative to the run's export folder, by default the working folder.
  public func exported(as path: String) -> Node { modified { $0.exports = [path] } }

  /// Says what the body takes of the run's pools while it runs.
  ///
  /// ```swift
  /// let model = $train(rows).resources(["memory": .gib(4), "gpu": 1])
  /// ```
  ///
  /// - Parameter amounts: By pool; each holds instead of the task's own amount of that pool, and 0 takes
  ///   nothing of it. Pools that are not named stay as the task has them.
  public func resources(_ amounts: [String: ResourceAmount]) -> Node {
    modified { $0.resources = amounts }
  }

  /// Overrides the task's own priority: among nodes that are ready, those of the highest number run
  /// first. It does not carry over to the node's inputs.
  public func priority(_ priority: Int) -> Node { modified { $0.priority = priority } }

  /// Overrides the task's own cache policy.
  ///
  /// A value that cannot be encoded is never stored, whatever the policy: planning then fails.
  public func cache(_ policy: CachePolicy) -> Node { modified { $0.cache = policy } }

  /// Adds labels to those of the task.
  public func tagged(_ tags: String...) -> Node { modified { $0.tags = tags } }

  /// Runs the node on another backend than its block's.
  public func on(_ backend: any BackendReference) -> Node { modified { $0.backend = backend } }

  func modified(_ change: (inout NodeAttributes) -> Void) -> Node {
    var attributes = NodeAttributes()
    change(&attributes)
    return Node(handle.modified(NodeAttributesBox(attributes)))
  }
}

extension AnyNode {
  /// Another handle of this node, of which this is said, and that it starts after others.
  func modified(_ attributes: NodeAttributesBox?, after others: [AnyNode] = []) -> AnyNode {
    var call = TaskCall(.modified, inputs: 1 + others.count, attributes: attributes)
    call.bind(self)
    for other in others { call.bind(other) }
    return call.finish()
  }
}

extension Node where Value == String {
  /// Prints the text after each run that succeeds, whether the node ran or was a hit.
  ///
  /// The task must be stored, as it is by default.
  public func printed() -> Node { modified { $0.isPrinted = true } }
}

extension TaskDefinition {
  /// What a modified handle's record calls; it is never run.
  static let modified = TaskDefinition(
    id: TaskID(fileID: "Millrace", path: "modified"),
    parameters: [.init(name: "node", type: .uncoded(Void.self))], output: .uncoded(Void.self),
    kind: .modified, body: .sync { _, _ in })
}
