import Millrace
import Synchronization
import Testing

@Task private func load(_ name: String) -> Int { name.count }
@Task private func add(_ left: Int, _ right: Int) -> Int { left + right }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task(cache: .transient) private func opaque() -> Opaque { Opaque() }
@Task private func effect() {}

private struct Opaque: Sendable {}

@Suite struct GraphTests {
  @Test func `a traversal has every ancestor once, in creation order`() {
    let a = $load("a")
    let unused = $load("unused")
    let b = $load("b")
    let c = $add(b, a)
    let graph = Graph { $add(c, a) }
    _ = unused
    let nodes = graph.traversal()
    #expect(nodes.map(\.task.name) == ["load", "load", "add", "add"])
    #expect(nodes.map(\.inputs) == [[], [], [1, 0], [2, 0]])
    #expect(nodes.map(\.node) == [a.erased, b.erased, c.erased, graph.leaves[0]])
  }

  @Test func `roots need no other node`() {
    let graph = Graph { $add($add($load("a"), 1), $load("b")) }
    #expect(graph.roots.map(\.task.name) == ["load", "load"])
    #expect(Graph {}.roots.isEmpty)
  }

  @Test func `a graph may be empty`() async throws {
    let result = try await Graph {}.run()
    #expect(result.status == .succeeded && result.nodes == 0)
  }

  @Test func `nodes are found by glob`() {
    let graph = Graph {
      for name in ["train-1", "train-2", "test-1"] { $load(name).named(name) }
    }
    #expect(graph.nodes(matching: "train*").map(\.name) == ["train-1", "train-2"])
    #expect(graph.nodes(matching: "*-[!2]").map(\.name) == ["train-1", "test-1"])
    #expect(graph.nodes(matching: "train").isEmpty)
  }

  @Test(arguments: [false, true], [1, 2, 3])
  func `conditions, choices and loops are decided when the graph is built`(
    isLong: Bool, choice: Int
  ) {
    let graph = Graph {
      if isLong { $load("long") }
      if choice == 1 {
        $load("one")
      } else {
        $load("more")
      }
      switch choice {
      case 1: $load("a")
      case 2:
        $load("b")
        $load("c")
      default: $sum((0..<3).map { $add(1, $0) })
      }
      for _ in 0..<choice { $load("loop") }
      let listed = [$load("x"), $load("y")]
      listed
    }
    #expect(graph.leaves.count == (isLong ? 1 : 0) + 1 + (choice == 2 ? 2 : 1) + choice + 2)
  }

  @Test func `what modifiers say holds in their graph alone`() {
    let node = $load("a")
    let named = node.named("first").retry(.times(2)).tagged("x").tagged("y")
    let other = node.named("second").exported(as: "b.txt").exported(as: "c.txt")
    #expect(Graph { named }.traversal().map(\.name) == ["first"])
    #expect(Graph { other }.traversal().map(\.name) == ["second"])
    #expect(Graph { node }.traversal().map(\.name) == ["load"])
    #expect(Graph { named }.traversal()[0].attributes.tags == ["x", "y"])
    #expect(Graph { named }.traversal()[0].attributes.retry == .times(2))
    #expect(Graph { other }.traversal()[0].attributes.exports == ["b.txt", "c.txt"])
    // One graph: one node, of which both are said; the later statement wins.
    let both = Graph {
      other
      $add(named, node)
    }
    #expect(both.traversal().map(\.name) == ["second", "add"])
    #expect(both.traversal()[0].attributes.exports == ["b.txt", "c.txt"])
    #expect(named.erased == node.erased && other.erased == node.erased)
  }

  @Test func `two nodes of one name are an error before anything runs`() async throws {
    let calls = Mutex(0)
    let graph = Graph {
      $load("a").named("same")
      $load("b").named("same")
    }
    for operation in ["run", "plan"] {
      let error = await #expect(throws: PipelineError.self) {
        if operation == "run" {
          try await graph.run()
        } else {
          _ = try await graph.plan(in: .inMemory())
        }
      }
      #expect(error?.code == .duplicateName && error?.node == "same")
      #expect(error?.message == "Two nodes are named 'same'; give one of them another name.")
    }
    #expect(calls.withLock { $0 } == 0)
  }

  @Test func `one node said twice to have a name is one node`() async throws {
    let node = $load("a")
    let graph = Graph {
      node.named("same")
      node.named("same")
    }
    #expect(try await graph.run().executed == 1)
  }

  @Test func `two nodes of one name inside of a template are an error too`() async throws {
    let graph = Graph {
      ForEach([1, 2]) { $add($add($0, 1).named("n"), 2).named("n") }
    }
    let error = await #expect(throws: PipelineError.self) { try await graph.run() }
    #expect(error?.code == .duplicateName)
  }

  @Test func `storing what cannot be encoded is an error that names the type`() async throws {
    for graph in [
      Graph { $opaque().cache(.stored) }, Graph { ForEach([1]) { _ in $opaque().cache(.stored) } },
    ] {
      let error = await #expect(throws: PipelineError.self) { try await graph.run() }
      #expect(error?.code == .coding)
      #expect(error?.message.contains("'Opaque' is not 'Codable'") == true)
    }
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { $effect().cache(.stored) }.run()
    }
    #expect(error?.code == .coding)
  }

  @Test func `a node can be used in several graphs`() async throws {
    let shared = $load("shared")
    let (one, two) = ($add(shared, 1), $add(shared, 2))
    #expect(try await one.value() == 7)
    #expect(try await two.value() == 8)
    #expect(
      try await Graph {
        one
        two
      }.run().nodes == 3)
  }

  @Test func `nested graphs and blocks give their leaves to the outer one`() {
    let inner = Graph { $load("inner") }
    let graph = Graph {
      inner
      Graph {
        $load("a")
        $load("b")
      }
      Block(
        on: .local,
        leaves: {
          $load("c")
          $load("d")
        })
      Block(on: .local) { $load("e") }
      Block(on: .local) { [$load("f"), $load("g")] }
    }
    #expect(graph.leaves.count == 8)
  }

  @Test func `nodes are made by many threads at once and join in one graph`() async throws {
    let shared = $load("shared")
    let parts = await withTaskGroup(of: Node<Int>.self) { group in
      for part in 0..<16 {
        group.addTask {
          var node = $add(shared, part)
          for _ in 0..<200 { node = $add(node, 0) }
          return node
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(try await $sum(parts).value() == 16 * 6 + (0..<16).reduce(0, +))
  }
}
