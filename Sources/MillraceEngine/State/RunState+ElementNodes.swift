import MillraceGraph

// Nodes for the elements of loops, and the places that those have in declaration order that have none.
extension RunState {
  /// Gives the copies of all elements positions, and nothing to do.
  mutating func placeCopies(of loop: ElementLoop) {
    guard loop.copies == nil else { return }
    let first = table.count
    expansions[loop.list] = Expansion(first: first, stride: loop.layout.template.nodes.count + 1)
    loop.copies = first..<first + loop.nodeCount
    for element in 0..<loop.count {
      let base = table.count
      _ = addCopy(loop.layout, of: loop.list)
      loop.copyElement(element, to: values.cell(base))
      isPresent[base] = true
    }
    guard let reducer = loop.reducer, let fold = loop.fold else { return }
    expansions[reducer] = Expansion(first: table.count, stride: fold.template.nodes.count)
    var accumulated = Int32(table.source(table.edges(of: reducer).lowerBound + 1))
    for element in 0..<loop.count {
      let result = loop.position(of: loop.program.listCount - 1, for: element)
      accumulated =
        addCopy(fold, of: reducer, .init(element: Int32(result), accumulated: accumulated)).result
    }
  }

  func listInputs(of loop: ElementLoop) -> [Int32] {
    let source = table.source(table.edges(of: loop.list).lowerBound)
    return [Int32(source)]
      + (0..<loop.count).map {
        Int32(loop.position(of: loop.program.listCount - 1, for: $0))
      }
  }

  func lastResult(of loop: ElementLoop) -> Int {
    loop.position(of: loop.stepCount - 1, for: loop.count - 1)
  }

  /// Gives the elements of a loop that is finished nodes that say so.
  mutating func settle(_ loop: ElementLoop) {
    guard loop.stage == .finished else { return }
    loop.stage = .settled
    placeCopies(of: loop)
    for element in 0..<loop.count {
      demands[loop.position(ofElement: element)] = .asked
      for step in 0..<loop.stepCount {
        let node = loop.position(of: step, for: element)
        phases[node] = .done
        demands[node] = .asked
        holdsInputs[node] = false
        // What is outside of the copies is in use as much as before.
        for edge in table.edges(of: node) where table.source(edge) >= 0 {
          uses[table.source(edge)] -= 1
        }
      }
    }
    settle(loop.list, for: listInputs(of: loop))
    if let reducer = loop.reducer { settle(reducer, for: [Int32(lastResult(of: loop))]) }
  }

  private mutating func settle(_ node: Int, for inputs: [Int32]) {
    if holdsInputs[node] {
      exchangeInputs(of: node, for: inputs, holding: false)
    } else {
      table.replaceInputs(of: node, with: inputs)
    }
  }

  mutating func settleLoops() { for loop in loopOrder { settle(loop) } }

  /// A node's place in declaration order, where elements in loops have the places that their nodes would
  /// have.
  func rank(of node: Int) -> Int {
    if let loop = runningLoop(of: node) { return loop.rank }
    if let (owner, _) = table.origin(of: node), let loop = loops[owner],
      let copies = loop.copies, copies.contains(node)
    {
      return loop.rank + node - copies.lowerBound
    }
    // The last loop that began before the node was added.
    var (low, high) = (0, loopOrder.count)
    while low < high {
      let middle = (low + high) / 2
      if loopOrder[middle].place <= node { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? node : node + loopOrder[low - 1].nodesUpTo
  }

  func ranks(of actions: [Action]) -> [Int] { actions.map { rank(of: $0.node) } }

  /// Tasks of loops that have no nodes.
  var unplacedTaskCount: Int {
    loopOrder.reduce(0) { count, loop in
      loop.stage == .finished ? count + loop.count * loop.program.taskCount : count
    }
  }

  /// All tasks in declaration order.
  var tasksInOrder: [Int] {
    let tasks = phases.indices.filter { table.records[$0].isTask }
    if loops.isEmpty { return tasks }
    return tasks.map { (node: $0, rank: rank(of: $0)) }.sorted { $0.rank < $1.rank }.map(\.node)
  }
}
