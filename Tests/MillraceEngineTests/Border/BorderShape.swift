import Millrace

/// A small graph as numbers, of which some nodes are far.
struct BorderShape: Codable, Sendable, Equatable {
  /// Node *i* takes the nodes in the bits of `inputs[i]`, all below *i*.
  var inputs: [Int]
  /// Node *i* is far if bit *i* is set.
  var far: Int
  /// Node *i* is stored if bit *i* is set, and not cached otherwise.
  var stored: Int

  var count: Int { inputs.count }
  func inputs(of node: Int) -> [Int] { (0..<node).filter { inputs[node] >> $0 & 1 == 1 } }
  func consumers(of node: Int) -> [Int] {
    (0..<count).filter { inputs[$0] >> node & 1 == 1 }
  }
  func isFar(_ node: Int) -> Bool { far >> node & 1 == 1 }
  func isStored(_ node: Int) -> Bool { stored >> node & 1 == 1 }
  /// Nodes that no other takes: what is asked for.
  var leaves: [Int] { (0..<count).filter { consumers(of: $0).isEmpty } }

  func value(of node: Int) -> Int {
    inputs(of: node).reduce(node + 1) { $0 * 31 + value(of: $1) }
  }

  func leaves(_ token: String, on far: any BackendReference) -> [Node<Tracked>] {
    var nodes: [Node<Tracked>] = []
    for index in 0..<count {
      let node = tracked("\(token)/n\(index)", index, inputs(of: index).map { nodes[$0] })
        .cache(isStored(index) ? .stored : .off)
      nodes.append(isFar(index) ? node.on(far) : node)
    }
    return leaves.map { nodes[$0] }
  }

  /// Every graph of so many nodes, with every choice of sides; and of policies, if asked for.
  static func all(_ count: Int, storing: Bool) -> [BorderShape] {
    var shapes: [BorderShape] = []
    for bits in 0..<(1 << (count * (count - 1) / 2)) {
      var rest = bits
      let inputs = (0..<count).map { node in
        defer { rest >>= node }
        return rest & ((1 << node) - 1)
      }
      for far in 0..<(1 << count) {
        for stored in storing ? 0..<(1 << count) : 0..<1 {
          shapes.append(BorderShape(inputs: inputs, far: far, stored: stored))
        }
      }
    }
    return shapes
  }
}

/// A node that takes its inputs one by one, and not as a list.
private func tracked(_ tag: String, _ index: Int, _ inputs: [Node<Tracked>]) -> Node<Tracked> {
  let count = inputs.count
  let definition = TaskDefinition(
    __id: TaskID(
      fileID: "Tests/BorderShape.swift", path: "n\(index)",
      parameterTypes: Array(repeating: "Tracked", count: count)),
    attributes: TaskAttributes("n\(index)"), fingerprint: .none, usedNames: [], line: 0,
    parameters: [.__parameter("tag", String.self, "String")]
      + (0..<count).map { .__parameter("p\($0)", Tracked.self, "Tracked") },
    output: .__stored(Tracked.self, "Tracked"),
    sync: { values in
      Tracked(
        values[0, as: String.self],
        (0..<count).reduce(index + 1) { $0 * 31 + values[$1 + 1, as: Tracked.self].number })
    })
  // Definitions of expanded code are global constants, and so live for ever; these must as well.
  _ = Unmanaged.passRetained(definition)
  return definition.__call { call in
    call.bind(constant: tag)
    for input in inputs { call.bind(input) }
  }
}
