import MillraceGraph

/// Where the inputs of a template's nodes come from, worked out once for all copies.
struct TemplateLayout {
  private enum Source {
    /// The element (0), or a node of the same copy (1…).
    case copied(Int)
    /// A node outside of the template.
    case captured(Int)
    case constant
  }

  private let template: ForEachTemplate
  private let sources: [[Source]]
  private let resultSource: Source
  /// What nodes of a copy start after.
  private let befores: [(node: Source, before: Source)]
  /// Calls on an instance of the copy, and the calls before them.
  private let calls: [(call: Source, previous: Source)]
  /// Positions of the captured nodes.
  private let captures: [Int32]

  init(_ template: ForEachTemplate, captures: [Int32]) {
    var places: [UnsafePointer<NodeRecord>: Source] = [template.element: .copied(0)]
    for (index, record) in template.nodes.enumerated() { places[record] = .copied(index + 1) }
    for (index, record) in template.captures.enumerated() {
      places[record.original] = .captured(index)
    }
    // Every input of a template's node is the element, in the template, or captured.
    func place(_ record: UnsafePointer<NodeRecord>) -> Source { places[record.original]! }
    sources = template.nodes.map { record in
      (0..<record.inputCount).map {
        record.isConstant($0) ? .constant : place(record.source($0))
      }
    }
    resultSource = place(template.result)
    befores = template.nodes.flatMap { record in
      (template.befores[record] ?? []).map { (place(record), place($0)) }
    }
    calls = template.nodes.compactMap { record in
      template.previousCalls[record].map { (place(record), place($0)) }
    }
    self.template = template
    self.captures = captures
  }

  private func position(_ source: Source, base: Int) -> Int32 {
    switch source {
    case .copied(let index): Int32(base + index)
    case .captured(let index): captures[index]
    case .constant: NodeTable.constant
    }
  }

  /// What each node of a copy starts after, by position.
  func order(ofCopyAt base: Int) -> [(node: Int, before: Int)] {
    befores.map { (Int(position($0, base: base)), Int(position($1, base: base))) }
  }

  /// Calls on an instance of a copy, and the calls before them, by position.
  func calls(ofCopyAt base: Int) -> [(call: Int, previous: Int)] {
    calls.map { (Int(position($0, base: base)), Int(position($1, base: base))) }
  }

  /// Adds one element's copy to a table: the element at `table.count`, then the template's nodes.
  ///
  /// - Returns: The position of the copy's result.
  func append(to table: inout NodeTable, of forEach: Int) -> Int32 {
    let base = table.count
    table.appendInstance(template.element, attributes: nil, of: forEach, element: base) { _ in
      NodeTable.constant
    }
    for (record, sources) in zip(template.nodes, sources) {
      table.appendInstance(
        record, attributes: template.attributes[record], of: forEach, element: base
      ) { position(sources[$0], base: base) }
    }
    return position(resultSource, base: base)
  }
}
