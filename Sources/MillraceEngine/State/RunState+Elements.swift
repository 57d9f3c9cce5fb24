import MillraceGraph

// Lists whose elements are run in a loop, as `ElementLoop`s. Nodes of their own would cost more than what
// brief elements do. They get them when something asks for a difference between elements: a failure, a
// cancellation, a context, a report, or a body that takes so long that others should share the work.
extension RunState {
  /// Runs the elements of a list in a loop, if it has what that needs: a template of synchronous tasks
  /// that are never cached and of which nothing is said, many elements, and all they take from outside.
  ///
  /// - Returns: False if the list has to go the long way.
  mutating func beginLoop(_ list: Int, _ template: ForEachTemplate) -> Bool {
    guard let shortestLoop, !isStopped, ordering.isEmpty, template.limit == nil,
      !askedLists.contains(list), !demands[list].contains(.part), gate(of: list) == nil,
      loops[list] == nil, let takers = loopTakers(of: list), isLoop(template, of: list),
      let layout = loopLayout(template, of: list)
    else { return false }
    let source = inputPointer(0, of: list)
    guard template.count(in: source) >= shortestLoop else { return false }
    var fold: (node: Int, layout: TemplateLayout)?
    var value = ElementLoop.Value(target: values.cell(list))
    if let reducer = takers.reducer {
      guard let template = table.records[reducer].definition.template, isFold(template),
        isLoop(template, of: list), let layout = loopLayout(template, of: reducer),
        table.edges(of: reducer).dropFirst().allSatisfy({ isThere(table.source($0)) })
      else { return false }
      fold = (reducer, layout)
      value = .init(initial: inputPointer(1, of: reducer), target: values.cell(reducer))
    }
    let program = ElementProgram(layout, fold?.layout) { valuePointer(Int($0)) }
    let type = table.records[list].definition.parameters[0].type
    let loop = ElementLoop(
      list, layout, of: (source, type), into: fold, value,
      at: (table.count, (loopOrder.last?.nodesUpTo ?? 0)), program: program)
    loops[list] = loop
    loopOrder.append(loop)
    if let fold { loops[fold.node] = loop }
    // Elements begin when all is there that they take from outside.
    gatherValues(list)
    return true
  }

  private func isThere(_ source: Int) -> Bool { source < 0 || isPresent[source] }

  /// Who takes a list's value: tasks, or one `Reduce`; nil where others do, or may come to want its part.
  private func loopTakers(of list: Int) -> (reducer: Int?, tasks: Int)? {
    var takers: (reducer: Int?, tasks: Int) = (nil, 0)
    var areOthers = false
    table.forEachConsumer(of: list) { edge, consumer in
      if table.roles[consumer] == .off {
        takers.tasks += 1
      } else if takers.reducer == nil, table.records[consumer].shape == .reduce,
        table.parameter(edge, of: consumer) == 0, phases[consumer] == .gatheringSource
      {
        takers.reducer = consumer
      } else {
        areOthers = true
      }
    }
    if areOthers { return nil }
    guard let reducer = takers.reducer else {
      return demands[list].contains(.value) ? takers : nil
    }
    guard takers.tasks == 0, !demands[list].contains(.value), !demands[reducer].contains(.part),
      demands[reducer].contains(.value) || askedLists.contains(reducer), gate(of: reducer) == nil
    else { return nil }
    table.forEachConsumer(of: reducer) { _, consumer in
      if table.roles[consumer] != .off { areOthers = true }
    }
    return areOthers ? nil : takers
  }

  private func isLoop(_ template: ForEachTemplate, of list: Int) -> Bool {
    let backend = table.backend(of: list)?.name
    return template.isPlain && template.nodes.allSatisfy { $0.place?.backend?.name == backend }
  }

  /// Whether every element takes part in what a `Reduce` gives; otherwise some need not run.
  private func isFold(_ template: ForEachTemplate) -> Bool {
    var (usesElement, usesAccumulated) = (false, false)
    for node in template.nodes {
      for input in 0..<node.inputCount where !node.isConstant(input) {
        if node.source(input) == template.element { usesElement = true }
        if node.source(input) == template.accumulated { usesAccumulated = true }
      }
    }
    return usesElement && usesAccumulated
  }

  private func loopLayout(_ template: ForEachTemplate, of node: Int) -> TemplateLayout? {
    let inputs = table.edges(of: node).map { Int32(table.source($0)) }
    let captures = inputs.suffix(template.captures.count)
    return captures.allSatisfy { $0 >= 0 }
      ? TemplateLayout(template, captures: Array(captures)) : nil
  }

  /// The loop that a node's execution is.
  func runningLoop(of node: Int) -> ElementLoop? {
    guard !loops.isEmpty, let loop = loops[node], loop.list == node, loop.stage == .running
    else { return nil }
    return loop
  }
}

extension ForEachTemplate {
  /// Whether copies are synchronous tasks that are never cached, and members and collections of their
  /// values, of which nothing is said but names.
  fileprivate var isPlain: Bool {
    guard let last = nodes.last, last == result, condition == nil, befores.isEmpty,
      previousCalls.isEmpty, attributes.values.allSatisfy(\.isPlain)
    else { return false }
    return nodes.allSatisfy { record in
      switch record.shape {
      case .task:
        Role(record, cache: attributes[record]?.cache) == .off && !record.hasAttemptPolicy
          && record.definition.isSynchronous
      case .collect, .projection: true
      default: false
      }
    }
  }
}

extension NodeTable {
  /// Whether some node makes copies of a template, which may hold lists.
  var hasDynamicNodes: Bool { roles.contains { $0 == .forEach || $0 == .deferred } }
}
