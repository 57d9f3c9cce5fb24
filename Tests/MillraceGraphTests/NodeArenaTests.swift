import Millrace
import Testing

@Task(cache: .off) private func label(_ number: Int) -> String { "\(number)" }
@Task(cache: .off) private func joined(_ prefix: Label, _ parts: [String]) -> String {
  prefix.text + parts.joined(separator: ",")
}

/// A constant with a reference, so that a lost copy would show.
private final class Label: Sendable, Encodable {
  let text: String
  init(_ text: String) { self.text = text }
}

/// How nodes lie in memory: in creation order, also where a call makes nodes while it is made itself.
@Suite struct NodeArenaTests {
  @Test func `a call that makes nodes for its inputs comes behind them, with its constants`()
    async throws
  {
    weak var kept: Label?
    do {
      var last: Node<String>?
      let graph = Graph {
        let prefix = Label("> ")
        let _: Void = kept = prefix
        let first = $joined(Constant(prefix), [$label(1), $label(2)])
        let second = $joined(Constant(prefix), [first, $label(3)])
        let _: Void = last = second
        second
      }
      let nodes = graph.traversal()
      #expect(nodes.count == 7)
      for (position, node) in nodes.enumerated() {
        #expect(node.inputs.allSatisfy { $0 < position })
      }
      let node = try #require(last)
      let result = try await graph.run(options: Self.keeping(node))
      #expect(try result.value(of: node) == "> > 1,2,3")
      #expect(kept != nil)
    }
    #expect(kept == nil)
  }

  private static func keeping(_ node: Node<String>) -> RunOptions {
    var options = RunOptions()
    options.keepingValues = [node.erased]
    return options
  }

  @Test func `nodes of several graphs and of none stand in the order in which they were made`() {
    var inner: [Node<String>] = []
    let before = $label(0)
    let graph = Graph {
      inner = (1...200).map { $label($0) }
      inner
    }
    let after = $label(201)
    _ = graph
    let all = [after] + inner.reversed() + [before]
    let order = Graph(leaves: all.map(\.erased)).traversal().map(\.node)
    #expect(order == all.reversed().map(\.erased))
  }

  @Test func `a node comes behind its input from a graph that was begun later`() {
    var outer: [Node<String>] = [$label(0)]
    let made = Graph {
      let first = $label(1)
      outer.append($joined(Constant(Label("")), [first, outer[0]]))
      first
      outer[1]
    }
    let last = $joined(Constant(Label("")), [outer[1], outer[0]])
    let nodes = Graph(leaves: made.leaves + [last.erased]).traversal()
    for (position, node) in nodes.enumerated() {
      #expect(node.inputs.allSatisfy { $0 < position })
    }
  }
}
