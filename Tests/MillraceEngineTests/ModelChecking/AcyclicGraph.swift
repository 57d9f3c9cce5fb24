import Testing

/// An acyclic graph as numbers: node *i* takes the nodes in the bits of `inputs[i]`, all below *i*.
struct AcyclicGraph: Hashable, CustomTestStringConvertible {
  var inputs: [Int]

  var count: Int { inputs.count }
  var testDescription: String {
    inputs.indices.map { "\($0)←\(inputs(of: $0))" }.joined(separator: " ")
  }

  func inputs(of node: Int) -> [Int] { Self.members(of: inputs[node]) }

  /// Nodes that no other takes: what is asked for.
  var leaves: [Int] {
    inputs.indices.filter { node in !inputs.contains { $0 >> node & 1 == 1 } }
  }

  static func members(of bits: Int) -> [Int] { (0..<5).filter { bits >> $0 & 1 == 1 } }

  /// Every graph with this many numbered nodes, by the bits of its edges.
  static func numbered(_ count: Int) -> [AcyclicGraph] {
    (0..<(1 << (count * (count - 1) / 2))).map { bits in
      var rest = bits
      return AcyclicGraph(
        inputs: (0..<count).map { node in
          defer { rest >>= node }
          return rest & ((1 << node) - 1)
        })
    }
  }

  /// One of each set of graphs that differ in nothing but the numbers of their nodes.
  ///
  /// Numbers matter to the scheduler in nothing but ties, and a driver that takes what is ready in every
  /// order has none. Of one graph each numbering that goes from inputs to consumers can be had from
  /// each other by exchanging neighbours that no edge connects.
  static func all(_ count: Int) -> [AcyclicGraph] {
    var seen: Set<AcyclicGraph> = []
    return numbered(count).filter { graph in
      guard seen.insert(graph).inserted else { return false }
      var pending = [graph]
      while let next = pending.popLast() {
        for node in 0..<max(0, count - 1) {
          guard let other = next.exchanging(node) else { continue }
          if seen.insert(other).inserted { pending.append(other) }
        }
      }
      return true
    }
  }

  /// The graph with the numbers of a node and the next one exchanged; nil if an edge connects them.
  private func exchanging(_ node: Int) -> AcyclicGraph? {
    guard inputs[node + 1] >> node & 1 == 0 else { return nil }
    var other = self
    other.inputs.swapAt(node, node + 1)
    for consumer in other.inputs.indices {
      let bits = other.inputs[consumer]
      let difference = (bits >> node ^ bits >> (node + 1)) & 1
      other.inputs[consumer] = bits ^ (difference << node | difference << (node + 1))
    }
    return other
  }
}

@Suite struct AcyclicGraphTests {
  /// - SeeAlso: R. W. Robinson, "Counting unlabeled acyclic digraphs", doi:10.1007/BFb0069178;
  ///   sequence A003087 of the OEIS.
  @Test(arguments: [(1, 1), (2, 2), (3, 6), (4, 31), (5, 302)])
  func `there are as many graphs as theory says`(count: Int, expected: Int) {
    #expect(AcyclicGraph.all(count).count == expected)
  }
}
