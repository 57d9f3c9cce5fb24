import MillraceCoding
import MillraceGraph

// A `ForEach` whose list is known becomes a copy of its template for each element.
extension RunState {
  mutating func expand(_ node: Int) {
    guard case .forEach(let template) = table.records[node].definition.kind,
      !beginLoop(node, template)
    else { return }
    let sourceEdge = table.edges(of: node).lowerBound
    let source = table.source(sourceEdge)
    let list = source < 0 ? table.records[node].cell(0) : valuePointer(source)
    let count = template.count(in: list)
    let captures = table.edges(of: node).dropFirst().map { Int32(table.source($0)) }
    var results: [Int32] = []
    let layout = TemplateLayout(template, captures: captures)
    expansions[node] = Expansion(first: table.count, stride: template.nodes.count + 1)
    addGate(to: node, limit: template.limit)
    for element in 0..<count {
      let base = table.count
      results.append(addCopy(layout, of: node).result)
      template.copyElement(element, of: list, to: values.cell(base))
      isPresent[base] = true
    }
    // A list that only has to be up to date holds none of its values.
    exchangeInputs(
      of: node, for: [Int32(source)] + results,
      holding: uses[node] > 0 || demands[node].contains(.value))
    announceElements(of: node)
    goOn(node)
  }

  /// Adds one copy of a template.
  mutating func addCopy(
    _ layout: TemplateLayout, of owner: Int, _ inputs: TemplateLayout.Inputs = .init()
  ) -> TemplateLayout.Copy {
    let copy = layout.append(to: &table, of: owner, inputs)
    grow()
    for (node, before) in copy.order { order(node, after: before) }
    for (call, previous) in copy.calls { ordering.add(call: call, after: previous) }
    return copy
  }

  /// Makes room for nodes that were added to the table.
  private mutating func grow() {
    let added = phases.count..<table.count
    values.grow(to: table.count)
    phases.append(contentsOf: repeatElement(.idle, count: added.count))
    demands.append(contentsOf: repeatElement([], count: added.count))
    waiting.append(contentsOf: repeatElement(0, count: added.count))
    uses.append(contentsOf: repeatElement(0, count: added.count))
    holdsInputs.append(contentsOf: repeatElement(true, count: added.count))
    isPresent.append(contentsOf: repeatElement(false, count: added.count))
    for position in added {
      if table.roles[position] == .constant { isPresent[position] = true }
      keepState(position)
      for edge in table.edges(of: position) where table.source(edge) >= 0 {
        uses[table.source(edge)] += 1
      }
    }
  }

  /// Where a node's value lies.
  func valuePointer(_ node: Int) -> UnsafeRawPointer {
    table.roles[node] == .constant
      ? table.records[node].cell(0) : UnsafeRawPointer(values.cell(node))
  }
}
