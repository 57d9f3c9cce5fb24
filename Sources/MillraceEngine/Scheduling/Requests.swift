import MillraceGraph

/// What a graph's tasks request, templates included; checked before anything is planned.
struct Requests {
  /// The pools of which somebody requests something.
  private(set) var pools: Set<String> = []
  private var hasPriorities = false
  private let limits: [String: ResourceAmount]

  /// Whether anything is requested or preferred.
  var areAny: Bool { hasPriorities || !pools.isEmpty }

  /// - Throws: ``PipelineError`` with code `resources` if a request cannot be met.
  init(_ traversal: Traversal, limits: [String: ResourceAmount]) throws {
    self.limits = limits
    var templates: [ForEachTemplate] = []
    let attributes = traversal.attributes
    try add(traversal.records, &templates) { attributes.isEmpty ? nil : attributes[$0] }
    while let template = templates.popLast() {
      try add(template.nodes, &templates) { template.attributes[template.nodes[$0]] }
    }
  }

  private mutating func add(
    _ records: [UnsafePointer<NodeRecord>], _ templates: inout [ForEachTemplate],
    attributes: (Int) -> NodeAttributes?
  ) throws {
    var last: Unmanaged<TaskDefinition>?
    for (position, record) in records.enumerated() {
      let said = attributes(position)
      // Neighbours are often calls of one task.
      if said == nil, let last, last.toOpaque() == record.pointee.definition.toOpaque() { continue }
      last = said == nil ? record.pointee.definition : nil
      if let template = record.definition.template { templates.append(template) }
      try add(record, said)
    }
  }

  private mutating func add(
    _ record: UnsafePointer<NodeRecord>, _ said: NodeAttributes?
  ) throws {
    let definition = record.definition
    let name = said?.name ?? record.defaultName
    if !definition.isTask {
      guard let said, !said.resources.isEmpty else { return }
      throw PipelineError(
        .resources,
        "Resources are requested for '\(name)', which is no task and takes none; write '.resources' behind the tasks that need them, as inside of a 'ForEach'.",
        node: name)
    }
    if (said?.priority ?? definition.attributes.priority) != 0 { hasPriorities = true }
    for (pool, amount) in definition.resources(said).sorted(by: { $0.key < $1.key }) {
      try check(amount, of: pool, for: name)
      if amount != 0 { pools.insert(pool) }
    }
  }

  private func check(_ amount: ResourceAmount, of pool: String, for name: String) throws {
    if amount == 0 { return }
    let request = "Node '\(name)' requests \(amount) of '\(pool)', "
    func refuse(_ rest: String) throws -> Never {
      throw PipelineError(.resources, request + rest, node: name)
    }
    if amount < 0 { try refuse("which is less than nothing; request 0 or more.") }
    guard let limit = limits[pool] else {
      try refuse(
        "which has no limit; say how much there is with '--resource \(pool)=N', the variable MILLRACE_RESOURCES or 'RunOptions.resources'."
      )
    }
    if amount > limit {
      try refuse(
        "and the run has \(limit); request less, or raise the limit with '--resource \(pool)=\(amount)' or 'RunOptions.resources'."
      )
    }
  }
}

extension TaskDefinition {
  /// What a node of this task requests, by pool: what is said of the node, and otherwise of the task.
  func resources(_ said: NodeAttributes?) -> [String: ResourceAmount] {
    guard let said, !said.resources.isEmpty else { return attributes.resources }
    return attributes.resources.merging(said.resources) { $1 }
  }
}
