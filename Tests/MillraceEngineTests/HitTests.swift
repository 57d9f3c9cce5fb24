import Millrace
import MillraceTesting
import Synchronization
import Testing

/// What is taken from the store, and what is not even read.
@Suite(.timeLimit(.minutes(10))) struct HitTests {
  @Test(arguments: BackendKind.all)
  func `a second run executes nothing, loads nothing and writes nothing`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let calls = Calls()
    let graph = Graph {
      let a = node("a", calls: calls)
      let list = (0..<10).map { node("b\($0)", [a], calls: calls) }
      node("c", list, calls: calls).named("result")
      node("d", [a], TaskAttributes(cache: .transient), calls: calls).named("d")
    }
    let leaves = Graph(leaves: [graph.leaves[0]])
    let first = try await leaves.run(on: kind.backend, in: counter.open())
    #expect(first.executed == 12 && first.hits == 0 && first.encodes == 12)
    let writes = counter.writes
    let store = try counter.open()
    let second = try await leaves.run(on: kind.backend, in: store)
    try store.close()
    #expect(second.executed == 0 && second.hits == 12 && second.encodes == 0)
    #expect(second.status == .succeeded)
    #expect(counter.gets == 0)
    #expect(counter.writes == writes)
    #expect(calls.names.count == 12)
  }

  @Test(arguments: BackendKind.all)
  func `a node that gives the same bytes again leaves its consumers hits`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    func graph(version: Int) -> Graph {
      Graph {
        let a = node("a", [], TaskAttributes(version: version), calls: calls) { _, _ in 7 }
        let b = node("b", [a], calls: calls)
        node("c", [b, a], calls: calls)
      }
    }
    try await graph(version: 1).run(on: kind.backend, in: store)
    #expect(calls.take().count == 3)
    let result = try await graph(version: 2).run(on: kind.backend, in: store)
    #expect(calls.take() == ["a"])
    #expect(result.executedNames == ["a"])
    #expect(result.hitNames == ["b", "c"])
  }

  @Test(arguments: BackendKind.all)
  func `there is no early cut-off through a transient node, and one through an uncached one`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    for (cache, expected) in [(CachePolicy.transient, ["t", "c"]), (.off, ["t"])] {
      let store = ArtifactStore.inMemory()
      func graph(version: Int) -> Graph {
        Graph {
          let t = node("t", [], TaskAttributes(version: version, cache: cache), calls: calls) {
            _, _ in 7
          }
          node("c", [t], calls: calls)
        }
      }
      try await graph(version: 1).run(on: kind.backend, in: store)
      #expect(calls.take() == ["t", "c"])
      try await graph(version: 2).run(on: kind.backend, in: store)
      #expect(calls.take() == expected)
    }
  }

  @Test func `a miss loads the hits that it takes, and those alone`() async throws {
    let counter = StorageCounter()
    func graph(version: Int) -> Graph {
      Graph {
        let a = node("a")
        let b = node("b", [a])
        let c = node("c", [b])
        node("d", [c, b], TaskAttributes(version: version))
      }
    }
    try await graph(version: 1).run(in: counter.open())
    let result = try await graph(version: 2).run(in: counter.open())
    #expect(result.executedNames == ["d"])
    #expect(counter.gets == 2)
  }

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient])
  func `nodes of equal key run once in a run`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let calls = Calls()
    let twins = (0..<20).map { _ in node("twin", [], TaskAttributes(cache: cache), calls: calls) }
    let all = node("all", twins)
    let result = try await Graph { all }.run(on: kind.backend)
    #expect(calls.names == ["twin"])
    #expect(try result.value(of: all) == 21)
    #expect(result.executed == 2 && result.hits == 19)
  }

  @Test(arguments: BackendKind.all)
  func `nodes whose inputs prove equal only in the run share one execution`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    let sources = (0..<6).map { index in node("source\(index)") { _, _ in 5 } }
    let all = node("all", sources.map { node("same", [$0], calls: calls) })
    #expect(try await all.value(on: kind.backend) == 1 + 6 * 6)
    #expect(calls.names == ["same"])
  }

  @Test func `uncached nodes of equal inputs run each on their own`() async throws {
    let calls = Calls()
    let off = TaskAttributes(cache: .off)
    let all = node("all", (0..<3).map { _ in node("n", [], off, calls: calls) })
    #expect(try await all.value() == 4)
    #expect(calls.names.count == 3)
  }

  @Test func `another graph on the same store finds what the first has made`() async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    try await Graph { node("shared", [node("root", calls: calls)], calls: calls) }.run(in: store)
    let result = try await Graph {
      let shared = node("shared", [node("root", calls: calls)], calls: calls)
      node("new", [shared], calls: calls).named("other")
    }.run(in: store)
    #expect(calls.names == ["root", "shared", "new"])
    #expect(result.hitNames == ["root", "shared"])
  }

  @Test func `a transient node runs only where a consumer misses`() async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    func graph(version: Int) -> Graph {
      Graph {
        let t = node("t", [], TaskAttributes(cache: .transient), calls: calls)
        node("c", [t], TaskAttributes(version: version), calls: calls)
      }
    }
    try await graph(version: 1).run(in: store)
    #expect(calls.take() == ["t", "c"])
    let cached = try await graph(version: 1).run(in: store)
    #expect(calls.take() == [])
    #expect(cached.names(.notNeeded) == ["t"])
    try await graph(version: 2).run(in: store)
    #expect(calls.take() == ["t", "c"])
  }

  @Test(arguments: BackendKind.all)
  func `a consumer of a member is a hit while that member stays the same`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    func run(_ weight: Int, _ bias: Int) async throws -> RunResult {
      let model = $fitted(weight, bias)
      return try await Graph {
        $used(model.weight).named("weight")
        $used(model.bias).named("bias")
        $used(model.layers.count).named("layers")
      }.run(on: kind.backend, in: store)
    }
    #expect(try await run(5, 6).executed == 4)
    #expect(try await run(5, 7).executedNames == ["fitted", "bias"])
    #expect(try await run(5, 7).executed == 0)
  }

  @Test(arguments: BackendKind.all)
  func `effects run in every run, and nothing of them is stored`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    let graph = Graph { $announced(node("a"), Constant(calls)) }
    for hits in [0, 1] {
      let result = try await graph.run(on: kind.backend, in: store)
      #expect(result.status == .succeeded && result.hits == hits)
    }
    #expect(calls.names == ["announced 1", "announced 1"])
    #expect(store.names().map(\.name) == ["graph/a"])
  }
}

@Task private func fitted(_ weight: Int, _ bias: Int) -> Fit {
  Fit(weight: weight, bias: bias, layers: ["one", "two"])
}
@Task private func used(_ value: Int) -> Int { value }
@Task private func announced(_ value: Int, _ calls: Calls) { calls.note("announced \(value)") }

private struct Fit: Codable, Sendable {
  var weight: Int
  var bias: Int
  var layers: [String]
}
