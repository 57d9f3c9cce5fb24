extension Graph {
  /// The tasks of the graph and of its templates, each once, in the order in which their nodes come.
  ///
  /// - Complexity: O(*v* + *e*)
  package var tasks: [TaskDefinition] {
    var seen: Set<ObjectIdentifier> = []
    var tasks: [TaskDefinition] = []
    Traversal(leaves, standIns: standIns).forEachNode { visit in
      let definition = visit.record.definition
      if definition.isTask, seen.insert(ObjectIdentifier(definition)).inserted {
        tasks.append(definition)
      }
    }
    return tasks
  }
}
