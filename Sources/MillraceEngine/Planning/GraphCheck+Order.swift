import MillraceGraph

// Orders without values are not acyclic by construction, as edges are, and not every node can have one.
extension GraphCheck {
  typealias Record = UnsafePointer<NodeRecord>

  /// Instances and the calls on them are made in each run.
  static func checkInstance(_ record: Record, _ attributes: NodeAttributes) throws {
    switch record.definition.kind {
    case .instance, .method: break
    default: return
    }
    guard let cache = attributes.cache, cache != .off else { return }
    let name = attributes.name ?? record.defaultName
    throw PipelineError(
      .misuse,
      "Node '\(name)' is to be cached, but an actor's state is made in each run and no call on it can be; leave out '.cache(…)'.",
      node: name)
  }

  /// A call that depends on an element would be made for each, on one instance, in no order.
  static func checkCalls(_ records: some Sequence<Record>) throws {
    for record in records where record.isMethod {
      guard record.dependency != record.instance.dependency else { continue }
      let name = record.defaultName
      throw PipelineError(
        .misuse,
        "'\(name)' is called for each element of a 'ForEach', on an instance that all of them would share, in no order; make the instance from the element inside of the 'ForEach', or pass the whole list to one call.",
        node: name)
    }
  }

  /// - Throws: ``PipelineError`` with code `misuse` or `cycle`.
  static func checkOrder(of traversal: Traversal) throws {
    guard traversal.isOrderWritten else { return }
    let records = traversal.records
    func name(_ node: Int) -> String {
      traversal.attributes[node]?.name ?? records[node].defaultName
    }
    for node in traversal.befores.keys.sorted() { try checkIsTask(records[node], name(node)) }
    try checkCycles(count: records.count, name: name) { node in
      let record = records[node]
      let sources = (0..<record.inputCount).filter { !record.isConstant($0) }
        .map { traversal.position(of: record.source($0)) }
      return sources + (traversal.befores[node] ?? [])
    }
  }

  static func checkOrder(of template: ForEachTemplate) throws {
    guard template.isOrderWritten else { return }
    var positions: [Record: Int] = [:]
    for (position, record) in template.nodes.enumerated() { positions[record] = position }
    func name(_ record: Record) -> String {
      template.attributes[record]?.name ?? record.defaultName
    }
    for record in template.befores.keys.sorted(by: { $0.ordinal < $1.ordinal }) {
      let name = name(record)
      guard record == template.element || positions[record] != nil else {
        throw PipelineError(
          .misuse,
          "Node '\(name)' is outside of a 'ForEach' and is to start after a node inside of it, of which there is one for each element; say '.after' with what the 'ForEach' returns.",
          node: name)
      }
      try checkIsTask(record, name)
    }
    try checkCycles(count: template.nodes.count, name: { name(template.nodes[$0]) }) { node in
      let record = template.nodes[node]
      let sources = (0..<record.inputCount).filter { !record.isConstant($0) }
        .map { record.source($0).original }
      return (sources + (template.befores[record] ?? [])).compactMap { positions[$0] }
    }
  }

  private static func checkIsTask(_ record: Record, _ name: String) throws {
    guard !record.isTask else { return }
    throw PipelineError(
      .misuse,
      "Something that is no task ('\(name)') is to start after other nodes; say '.after' of the tasks that it is made of.",
      node: name)
  }

  /// - Complexity: O(*v* + *e*).
  private static func checkCycles(
    count: Int, name: (Int) -> String, sources: (Int) -> [Int]
  ) throws {
    var consumers = Array(repeating: [Int](), count: count)
    var waiting = Array(repeating: 0, count: count)
    for node in 0..<count {
      for source in sources(node) {
        consumers[source].append(node)
        waiting[node] += 1
      }
    }
    var ready = (0..<count).filter { waiting[$0] == 0 }
    while let node = ready.popLast() {
      for consumer in consumers[node] {
        waiting[consumer] -= 1
        if waiting[consumer] == 0 { ready.append(consumer) }
      }
    }
    guard var node = waiting.firstIndex(where: { $0 > 0 }) else { return }
    // Each node that is left waits for another one that is left, so this walk meets itself.
    var path: [Int] = []
    while !path.contains(node) {
      path.append(node)
      node = sources(node).first { waiting[$0] > 0 } ?? node
    }
    let loop = path.drop { $0 != node } + [node]
    throw PipelineError(
      .cycle,
      "Nodes wait for each other: \(loop.map { "'\(name($0))'" }.joined(separator: " after ")). Remove one of the '.after's.",
      node: name(node))
  }
}
