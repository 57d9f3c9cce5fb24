import MillraceGraph

/// Finds values that would have to cross to another process or back and cannot be encoded, before
/// anything runs.
///
/// What is known only in the run is checked there: which copies a `Reduce` or `Repeat` makes of what.
struct BorderCheck {
  /// A value, and where it is made; nil for this process.
  private struct Source: Hashable {
    var record: UnsafePointer<NodeRecord>
    var lane: Int?
  }

  private let traversal: Traversal
  private let farLanes: FarLanes
  private let catalog: GraphCatalog
  private let names: [Int: String]
  /// What modifiers say of the nodes of templates.
  private var attributes: [UnsafePointer<NodeRecord>: NodeAttributes] = [:]
  /// What the stand-ins of templates stand for.
  private var standIns: [UnsafePointer<NodeRecord>: [UnsafePointer<NodeRecord>]] = [:]

  init(_ traversal: Traversal, _ farLanes: FarLanes, _ catalog: GraphCatalog) {
    self.traversal = traversal
    self.farLanes = farLanes
    self.catalog = catalog
    names = Dictionary(
      farLanes.byName.map { ($0.value, $0.key) }, uniquingKeysWith: { first, _ in first })
    for (position, attributes) in traversal.attributes {
      self.attributes[traversal.records[position]] = attributes
    }
    for record in catalog.records {
      if let template = record.definition.template { add(template, of: record) }
    }
  }

  private mutating func add(_ template: ForEachTemplate, of owner: UnsafePointer<NodeRecord>) {
    attributes.merge(template.attributes) { first, _ in first }
    func input(_ index: Int) -> [UnsafePointer<NodeRecord>] {
      owner.isConstant(index) ? [] : [owner.source(index).original]
    }
    switch owner.definition.kind {
    case .repeat: standIns[template.element] = input(0) + [template.result]
    case .reduce:
      if let accumulated = template.accumulated {
        standIns[accumulated] = input(1) + [template.result]
      }
      if let list = input(0).first, case .forEach(let elements) = list.definition.kind {
        standIns[template.element] = [elements.result]
      }
    default: break
    }
  }

  /// - Throws: ``PipelineError`` with code `coding` or `misuse`.
  func check(keeping kept: Set<Int>) throws {
    for record in traversal.records
    where lane(of: record) != nil && catalog.place(of: record) == nil {
      throw PipelineError(
        .misuse,
        "Node '\(name(of: record))' is to run on '\(place(lane(of: record)))' and is kept without being part of the graph, so another process cannot find it; make it a leaf."
      )
    }
    for record in catalog.records {
      for (input, parameter) in inputsRead(by: record) {
        for source in sources(of: input) where source.lane != lane(of: record) {
          try check(source, crossingTo: lane(of: record), reader: record, parameter)
        }
      }
      if case .repeat(let template) = record.definition.kind, let condition = template.condition {
        for source in sources(of: condition) where source.lane != nil {
          try check(source, crossingTo: nil, reader: record, "until")
        }
      }
    }
    for leaf in kept {
      for source in sources(of: traversal.records[leaf]) where source.lane != nil {
        try check(source, crossingTo: nil, reader: nil, "")
      }
    }
  }

  /// The inputs that a node's step reads where it runs, and the parameters' names.
  private func inputsRead(
    by record: UnsafePointer<NodeRecord>
  ) -> [(UnsafePointer<NodeRecord>, String)] {
    let all = (0..<record.inputCount).filter { !record.isConstant($0) }
    func read(_ inputs: [Int]) -> [(UnsafePointer<NodeRecord>, String)] {
      inputs.map { (record.source($0).original, record.definition.parameters[$0].name) }
    }
    switch record.shape {
    case .task, .instance, .method: return read(all)
    case .forEach, .when: return read(all.filter { $0 == 0 })
    case .reduce:
      // The copies take a list's elements where they are.
      return read(all.filter { $0 == 0 && record.source(0).original.shape != .forEach })
    default: return []
    }
  }

  /// The values that a node's value is made of, each once.
  private func sources(of node: UnsafePointer<NodeRecord>) -> Set<Source> {
    var sources: Set<Source> = []
    var seen: Set<UnsafePointer<NodeRecord>> = []
    var pending = [node.original]
    while let record = pending.popLast() {
      guard seen.insert(record).inserted else { continue }
      if record.isTask {
        sources.insert(Source(record: record, lane: lane(of: record)))
        continue
      }
      if record.shape == .element {
        if let others = standIns[record] {
          pending += others
        } else {
          sources.insert(Source(record: record, lane: nil))
        }
        continue
      }
      if let template = record.definition.template { pending.append(template.result) }
      guard record.definition.isView, record.shape != .forEach else { continue }
      for input in 0..<record.inputCount where !record.isConstant(input) {
        // Conditions and lists are read, and not passed on.
        if (record.shape == .when || record.shape == .reduce) && input == 0 { continue }
        // What a template takes from outside is read by its nodes.
        if record.shape == .reduce && input > 1 || record.shape == .repeat && input > 0 { continue }
        pending.append(record.source(input).original)
      }
    }
    return sources
  }

  private func check(
    _ source: Source, crossingTo lane: Int?, reader: UnsafePointer<NodeRecord>?,
    _ parameter: String
  ) throws {
    let type = source.record.definition.output
    // Stand-ins say nothing of their type: what they stand for is checked.
    guard type.codec == nil, !type.isVoid else { return }
    let name = name(of: source.record)
    let use =
      reader.map { "where '\(self.name(of: $0))' takes it as '\(parameter)'" }
      ?? "where it is asked for"
    throw PipelineError(
      .coding,
      "The value of node '\(name)' crosses from '\(place(source.lane))' to '\(place(lane))', \(use), but '\(type.name)' cannot be encoded; make it 'Codable', or put both nodes into one block.",
      node: name)
  }

  private func lane(of record: UnsafePointer<NodeRecord>) -> Int? {
    guard record.isTask else { return nil }
    guard let backend = attributes[record]?.backend ?? record.place?.backend else {
      return farLanes.fallback
    }
    return farLanes.byName[backend.name]
  }

  private func name(of record: UnsafePointer<NodeRecord>) -> String {
    attributes[record]?.name ?? record.defaultName
  }

  private func place(_ lane: Int?) -> String { lane.flatMap { names[$0] } ?? "this process" }
}
