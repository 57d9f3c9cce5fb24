import MillraceGraph

/// Where the inputs of a template's nodes come from, worked out once for all copies.
struct TemplateLayout {
  enum Source {
    /// What stands in the template for the element, or for the result of the copy before.
    case element, accumulated
    /// A node of the same copy, from 0.
    case copied(Int)
    /// A node outside of the template.
    case captured(Int)
    case constant
  }

  /// What a copy takes from outside that is not the same for all copies.
  struct Inputs {
    /// The node that gives the element; nil if the copy is to have its own.
    var element: Int32?
    /// The node that gives the result of the copy before.
    var accumulated: Int32 = NodeTable.constant
  }

  /// What came of one copy, by position.
  struct Copy {
    var result: Int32
    var condition: Int32
    /// What nodes of the copy start after.
    var order: [(node: Int, before: Int)]
    /// Calls on an instance, and the calls before them.
    var calls: [(call: Int, previous: Int)]
  }

  let template: ForEachTemplate
  /// For each node of the template, where its inputs come from.
  let sources: [[Source]]
  private let resultSource: Source
  private let conditionSource: Source
  /// What nodes of a copy start after.
  private let befores: [(node: Source, before: Source)]
  /// Calls on an instance of the copy, and the calls before them.
  private let calls: [(call: Source, previous: Source)]
  /// Positions of the captured nodes.
  let captures: [Int32]

  init(_ template: ForEachTemplate, captures: [Int32]) {
    var places: [UnsafePointer<NodeRecord>: Source] = [template.element: .element]
    if let accumulated = template.accumulated { places[accumulated] = .accumulated }
    for (index, record) in template.nodes.enumerated() { places[record] = .copied(index) }
    for (index, record) in template.captures.enumerated() {
      places[record.original] = .captured(index)
    }
    // Every input of a template's node is a stand-in, in the template, or captured.
    func place(_ record: UnsafePointer<NodeRecord>) -> Source { places[record.original]! }
    sources = template.nodes.map { record in
      (0..<record.inputCount).map {
        record.isConstant($0) ? .constant : place(record.source($0))
      }
    }
    resultSource = place(template.result)
    conditionSource = template.condition.map(place) ?? .constant
    befores = template.nodes.flatMap { record in
      (template.befores[record] ?? []).map { (place(record), place($0)) }
    }
    calls = template.nodes.compactMap { record in
      template.previousCalls[record].map { (place(record), place($0)) }
    }
    self.template = template
    self.captures = captures
  }

  /// Adds one copy to a table: the element at `table.count` if the copy has its own, then the
  /// template's nodes.
  func append(
    to table: inout NodeTable, of owner: Int, _ inputs: Inputs = Inputs()
  ) -> Copy {
    let element = inputs.element ?? Int32(table.count)
    if inputs.element == nil {
      table.appendInstance(
        template.element, attributes: nil, of: owner, element: Int(element)
      ) { _ in NodeTable.constant }
    }
    let first = Int32(table.count)
    func position(_ source: Source) -> Int32 {
      switch source {
      case .element: element
      case .accumulated: inputs.accumulated
      case .copied(let index): first + Int32(index)
      case .captured(let index): captures[index]
      case .constant: NodeTable.constant
      }
    }
    for (record, sources) in zip(template.nodes, sources) {
      table.appendInstance(
        record, attributes: template.attributes[record], of: owner, element: Int(element)
      ) { position(sources[$0]) }
    }
    return Copy(
      result: position(resultSource), condition: position(conditionSource),
      order: befores.map { (Int(position($0)), Int(position($1))) },
      calls: calls.map { (Int(position($0)), Int(position($1))) })
  }
}
