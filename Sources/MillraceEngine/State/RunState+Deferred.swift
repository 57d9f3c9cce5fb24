import MillraceGraph

/// Where the copies of a node's template stand.
struct Expansion {
  /// The first position of the first copy.
  var first: Int
  /// How many positions a copy has.
  var stride: Int
  /// Where each round of a `Repeat` begins: other nodes come in between.
  var rounds: [Int] = []
}

// A deferred node stands for another one: it has that one's part, and its value is a copy. Which one it
// is turns out in the run, when its first input is known.
extension RunState {
  mutating func beginDeferred(_ node: Int) {
    switch table.records[node].definition.kind {
    case .reduce: beginReduce(node)
    case .repeat(let template): beginRepeat(node, template)
    default: gatherSource(node)
    }
  }

  /// Goes on with a node whose first input is known.
  mutating func learn(_ node: Int) {
    switch table.records[node].definition.kind {
    case .forEach: expand(node)
    case .when: choose(node)
    case .reduce(let template): unroll(node, template)
    case .repeat(let template): finishRound(node, template)
    default: break
    }
  }

  /// The value of an input that is known.
  func inputPointer(_ input: Int, of node: Int) -> UnsafeRawPointer {
    let source = table.source(table.edges(of: node).lowerBound + input)
    return source < 0 ? table.records[node].cell(input) : valuePointer(source)
  }

  private mutating func choose(_ node: Int) {
    let holds = Cell.read(inputPointer(0, of: node), as: Bool.self)
    let arm = table.source(table.edges(of: node).lowerBound + (holds ? 1 : 2))
    expansions[node] = Expansion(first: table.count, stride: 1)
    stand(node, for: arm)
  }

  /// Lets a node stand for another from here on.
  mutating func stand(_ node: Int, for source: Int) {
    // What only has to be up to date holds no value.
    exchangeInputs(
      of: node, for: [Int32(source)],
      holding: uses[node] > 0 || demands[node].contains(.value))
    goOn(node)
  }

  /// Goes on with a list or a deferred node of which it is known now what it gives.
  mutating func goOn(_ node: Int) {
    if askedLists.contains(node) { work.append(.askResults(node)) }
    if demands[node].contains(.part) {
      gatherParts(node)
    } else {
      phases[node] = .resolved
      settle(node)
    }
  }

  mutating func exchangeInputs(of node: Int, for inputs: [Int32], holding: Bool) {
    let old = table.edges(of: node).map { table.source($0) }
    table.replaceInputs(of: node, with: inputs)
    holdsInputs[node] = holding
    // The new ones first: what is among both must not be let go in between.
    if holding {
      for source in inputs where source >= 0 { uses[Int(source)] += 1 }
    }
    for source in old where source >= 0 { endUse(of: source) }
  }

  /// Asks for what a list or a deferred node gives, as if that were asked for itself.
  mutating func askResults(of node: Int) {
    let edges = table.edges(of: node)
    for edge in (table.roles[node] == .forEach ? edges.dropFirst() : edges).reversed() {
      if table.source(edge) >= 0 { ask(for: table.source(edge), keepingValue: false) }
    }
  }
}
