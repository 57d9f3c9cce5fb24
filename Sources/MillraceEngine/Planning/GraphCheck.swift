import MillraceGraph
import MillraceStore

/// What can be wrong with a graph as a whole; checked before anything is planned.
enum GraphCheck {
  /// - Throws: ``PipelineError`` with code `duplicateName`, `escapedElement`, `misuse`,
  ///   `cycle` or `coding`.
  static func check(_ traversal: Traversal) throws {
    try checkNames(Array(traversal.attributes.values))
    try checkCalls(traversal.records)
    let top = traversal.records.enumerated().lazy
    try checkElements(top.map(\.element), of: nil)
    for (position, attributes) in traversal.attributes {
      try checkAttributes(traversal.records[position], attributes)
    }
    try checkOrder(of: traversal)
    var templates: [ForEachTemplate] = templates(in: traversal.records)
    while let template = templates.popLast() {
      try checkLimit(template.limit)
      try checkNames(Array(template.attributes.values))
      try checkCalls(template.nodes)
      try checkElements(template.nodes, of: template)
      try checkOrder(of: template)
      for (record, attributes) in template.attributes {
        try checkAttributes(record, attributes)
        try checkExports(attributes)
      }
      templates += Self.templates(in: template.nodes)
    }
  }

  private static func templates(in records: [UnsafePointer<NodeRecord>]) -> [ForEachTemplate] {
    records.compactMap(\.definition.template)
  }

  private static func checkNames(_ attributes: [NodeAttributes]) throws {
    if let name = attributes.lazy.compactMap(\.name).first(where: {
      FurtherOutput.split($0) != nil
    }) {
      throw PipelineError(
        .misuse,
        "A node is named '\(name)', but '\(FurtherOutput.separator)' stands between a node and its further outputs; give it another name.",
        node: name)
    }
    var seen: Set<String> = []
    for name in attributes.compactMap(\.name) where !seen.insert(name).inserted {
      var message = "Two nodes are named '\(name)'; give one of them another name."
      if let slash = name.lastIndex(of: "/") {
        message +=
          " If two sub-pipelines or groups are called '\(name[..<slash])', name one of these otherwise."
      }
      throw PipelineError(.duplicateName, message, node: name)
    }
  }

  private static func checkElements(
    _ records: some Sequence<UnsafePointer<NodeRecord>>, of template: ForEachTemplate?
  ) throws {
    for record in records {
      guard record.shape == .element, record != template?.element,
        record != template?.accumulated
      else { continue }
      throw PipelineError(
        .escapedElement,
        "The element of a 'ForEach', 'Reduce' or 'Repeat' is used outside of its closure; use it inside, or use what that returns."
      )
    }
  }

  private static func checkLimit(_ limit: Int?) throws {
    guard let limit, limit < 1 else { return }
    throw PipelineError(
      .misuse, "The limit of a 'ForEach' or 'Repeat' is \(limit); it must be 1 or more.")
  }

  /// The copies of a template would all write the same file.
  private static func checkExports(_ attributes: NodeAttributes) throws {
    guard let path = attributes.exports.first else { return }
    throw PipelineError(
      .misuse,
      "A node inside of a 'ForEach' is to be exported as '\(path)', which each element would overwrite; export what follows the 'ForEach'."
    )
  }

  /// What modifiers say may not fit the task: that a value is stored which cannot be, or shown which
  /// is not stored.
  private static func checkAttributes(
    _ record: UnsafePointer<NodeRecord>, _ attributes: NodeAttributes
  ) throws {
    let output = record.definition.output
    let name = attributes.name ?? record.defaultName
    try checkInstance(record, attributes)
    let isStored = Role(record, cache: attributes.cache) == .stored
    if !isStored && (attributes.isPrinted || !attributes.exports.isEmpty) {
      throw PipelineError(
        .misuse,
        "Node '\(name)' is to be exported or printed, but only a stored task's value can be; let it be stored.",
        node: name)
    }
    if attributes.fallback != nil && !record.isTask {
      throw PipelineError(
        .misuse,
        "Only a task's failure can be ignored, and '\(name)' is no call of a task; say it of the task's own node, or inside of the 'ForEach'.",
        node: name)
    }
    guard attributes.cache == .stored, output.codec == nil else { return }
    throw PipelineError(
      .coding,
      "Node '\(name)' is to be stored, but '\(output.name)' is not 'Codable'; make it so, or leave out '.cache(.stored)'.",
      node: name)
  }
}
