import MillraceGraph

// Copies of a template that each take the result of the one before.
extension RunState {
  /// Waits for the elements of a `Reduce`: if a `ForEach` gives them, for its copies to be there, and
  /// not for its value.
  mutating func beginReduce(_ node: Int) {
    let list = table.source(table.edges(of: node).lowerBound)
    guard list >= 0, table.roles[list] == .forEach else { return gatherSource(node) }
    if expansions[list] == nil && phases[list].isFailure { return skip(node, after: list) }
    phases[node] = .gatheringSource
    if expansions[list] != nil {
      work.append(.valuesComplete(node))
    } else {
      waiting[node] = 1
      work.append(.want(list, .early))
    }
  }

  /// Tells each `Reduce` that waits for a list's copies that they are there.
  mutating func announceElements(of list: Int) {
    table.forEachConsumer(of: list) { edge, consumer in
      guard case .reduce = table.records[consumer].definition.kind,
        table.parameter(edge, of: consumer) == 0, phases[consumer] == .gatheringSource
      else { return }
      work.append(.valuesComplete(consumer))
    }
  }

  /// Adds a copy for each element.
  mutating func unroll(_ node: Int, _ template: ForEachTemplate) {
    let edges = table.edges(of: node)
    let list = table.source(edges.lowerBound)
    var accumulated = Int32(table.source(edges.lowerBound + 1))
    let layout = TemplateLayout(
      template, captures: edges.dropFirst(2).map { Int32(table.source($0)) })
    if list >= 0, table.roles[list] == .forEach {
      expansions[node] = Expansion(first: table.count, stride: max(1, template.nodes.count))
      for edge in table.edges(of: list).dropFirst() {
        let element = Int32(table.source(edge))
        accumulated =
          addCopy(layout, of: node, .init(element: element, accumulated: accumulated)).result
      }
    } else {
      let elements = inputPointer(0, of: node)
      expansions[node] = Expansion(first: table.count, stride: template.nodes.count + 1)
      for index in 0..<template.count(in: elements) {
        let base = table.count
        accumulated = addCopy(layout, of: node, .init(accumulated: accumulated)).result
        template.copyElement(index, of: elements, to: values.cell(base))
        isPresent[base] = true
      }
    }
    stand(node, for: Int(accumulated))
  }

  mutating func beginRepeat(_ node: Int, _ template: ForEachTemplate) {
    let inputs = table.edges(of: node).map { Int32(table.source($0)) }
    addRound(node, template, state: inputs[0], rest: Array(inputs.dropFirst()))
  }

  /// Adds a copy of condition and step for a state, and waits for the condition.
  ///
  /// The node's inputs are then the condition, the state, the next one, and `rest`: what it stands for
  /// at the limit, and what the template takes from outside.
  private mutating func addRound(
    _ node: Int, _ template: ForEachTemplate, state: Int32, rest: [Int32]
  ) {
    let layout = TemplateLayout(template, captures: Array(rest.dropFirst()))
    let first = table.count
    let copy = addCopy(layout, of: node, .init(element: state))
    expansions[node, default: Expansion(first: first, stride: 1)].rounds.append(first)
    exchangeInputs(of: node, for: [copy.condition, state, copy.result] + rest, holding: true)
    gatherSource(node)
  }

  /// Goes on with a `Repeat` whose condition is known.
  mutating func finishRound(_ node: Int, _ template: ForEachTemplate) {
    let isLast = Cell.read(inputPointer(0, of: node), as: Bool.self)
    let inputs = table.edges(of: node).map { Int32(table.source($0)) }
    let steps = (expansions[node]?.rounds.count ?? 1) - 1
    if isLast {
      stand(node, for: Int(inputs[1]))
    } else if let limit = template.limit, steps >= limit {
      stand(node, for: Int(inputs[3]))
    } else {
      addRound(node, template, state: inputs[2], rest: Array(inputs.dropFirst(3)))
    }
  }
}
