import Millrace
import MillraceTesting
import Testing

/// Every graph of up to four nodes, with every choice of cache policies, run twice and once more with
/// one node's version changed, against a model of a few lines.
@Suite(.timeLimit(.minutes(10))) struct ExhaustiveRunTests {
  /// A graph as numbers: node *i* takes the nodes in the bits of `inputs[i]`, all below *i*.
  struct Shape: Sendable {
    var inputs: [Int]
    var policies: [CachePolicy]
    var versions: [Int]

    var count: Int { inputs.count }
    func inputs(of node: Int) -> [Int] { (0..<node).filter { inputs[node] >> $0 & 1 == 1 } }
    /// Nodes that no other takes: what is asked for.
    var leaves: [Int] {
      (0..<count).filter { node in !inputs.contains { $0 >> node & 1 == 1 } }
    }

    /// A node's value: its place is in it, so that a wrong edge shows, and its version is not for odd
    /// nodes, so that these are cut off early.
    func value(of node: Int) -> Int {
      let own = node % 2 == 0 ? versions[node] : 1
      return inputs(of: node).reduce(own * 100 + node) { ($0 * 31 + value(of: $1)) % 1_000_003 }
    }

    func graph(_ calls: Calls) -> (Graph, [Node<Int>]) {
      var nodes: [Node<Int>] = []
      for index in 0..<count {
        let own = index % 2 == 0 ? versions[index] : 1
        nodes.append(
          node(
            "n\(index)", inputs(of: index).map { nodes[$0] },
            TaskAttributes(version: versions[index], cache: policies[index]), calls: calls
          ) { values, _ in values.reduce(own * 100 + index) { ($0 * 31 + $1) % 1_000_003 } })
      }
      return (Graph(leaves: leaves.map { nodes[$0].erased }), nodes)
    }
  }

  /// What a store would know, and which nodes must run.
  struct Model {
    /// Keys of stored results, as text.
    private var known: Set<String> = []

    mutating func run(_ shape: Shape) -> Set<Int> {
      var executed: Set<Int> = []
      func part(_ node: Int) -> String {
        switch shape.policies[node] {
        case .transient: key(node)
        case .stored, .off: "v\(shape.value(of: node))"
        }
      }
      func key(_ node: Int) -> String {
        "\(node).\(shape.versions[node])(\(shape.inputs(of: node).map(part).joined(separator: ",")))"
      }
      /// What a key is made of; an uncached value must exist to be part of one.
      func needPart(_ node: Int) {
        if shape.policies[node] == .transient {
          shape.inputs(of: node).forEach(needPart)
        } else {
          needValue(node)
        }
      }
      func needValue(_ node: Int) {
        if shape.policies[node] != .off { shape.inputs(of: node).forEach(needPart) }
        if shape.policies[node] == .stored, known.contains(key(node)) { return }
        guard executed.insert(node).inserted else { return }
        shape.inputs(of: node).forEach(needValue)
      }
      shape.leaves.forEach(needValue)
      for node in executed where shape.policies[node] == .stored { known.insert(key(node)) }
      return executed
    }
  }

  static let policies: [CachePolicy] = [.stored, .transient, .off]

  /// Every shape of a size, with every choice of policies.
  static func shapes(_ count: Int) -> [Shape] {
    let edges = count * (count - 1) / 2
    var shapes: [Shape] = []
    for bits in 0..<(1 << edges) {
      var rest = bits
      let inputs = (0..<count).map { node in
        defer { rest >>= node }
        return rest & ((1 << node) - 1)
      }
      var choices: [[CachePolicy]] = [[]]
      for _ in 0..<count { choices = choices.flatMap { choice in policies.map { choice + [$0] } } }
      for choice in choices {
        shapes.append(
          Shape(inputs: inputs, policies: choice, versions: Array(repeating: 1, count: count)))
      }
    }
    return shapes
  }

  private func check(
    _ shape: Shape, _ model: inout Model, on backend: any Backend, in store: ArtifactStore
  ) async throws {
    let calls = Calls()
    let (graph, nodes) = shape.graph(calls)
    let expected = model.run(shape)
    let result = try await graph.run(
      on: backend, in: store, options: .with { $0.observers = [] })
    let names = calls.names.sorted()
    #expect(names == expected.sorted().map { "n\($0)" }, "\(shape)")
    #expect(result.status == .succeeded, "\(shape)")
    #expect(result.executed == expected.count, "\(shape)")
    for leaf in shape.leaves where shape.policies[leaf] == .stored {
      #expect(try result.value(of: nodes[leaf]) == shape.value(of: leaf), "\(shape)")
    }
  }

  @Test(arguments: 1...4, [BackendKind.all[0], BackendKind.all[2]])
  func `what runs is what the model says`(count: Int, kind: BackendKind) async throws {
    // Each of the largest size on one of the backends: all on both would take long.
    let isLocal = kind.testDescription == "local"
    let shapes = Self.shapes(count)
    let step = count == 4 ? 2 : 1
    for index in stride(from: isLocal || step == 1 ? 0 : 1, to: shapes.count, by: step) {
      var shape = shapes[index]
      var model = Model()
      let store = ArtifactStore.inMemory()
      try await check(shape, &model, on: kind.backend, in: store)
      try await check(shape, &model, on: kind.backend, in: store)
      shape.versions[index % count] = 2
      try await check(shape, &model, on: kind.backend, in: store)
    }
  }
}
