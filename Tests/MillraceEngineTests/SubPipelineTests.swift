import Millrace
import Testing

@Task private func source(_ number: Int) -> Int { number }
@Task private func clean(_ number: Int, _ extra: Int) -> Int { number + extra }
@Task(cache: .transient) private func double(_ number: Int) -> Int { number * 2 }
@Task private func total(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }
@Task private func numbers(_ count: Int) -> [Int] { Array(1...count) }
@Task private func isLarge(_ number: Int) -> Bool { number > 100 }

@Task private actor Tally {
  private var count: Int
  init(_ count: Int) { self.count = count }
  @Task func add(_ number: Int) -> Int {
    count += number
    return count
  }
}

private struct Doubled: SubPipeline {
  var number: Node<Int>
  var extra = 1
  var body: Node<Int> {
    let cleaned = $clean(number, extra)
    return $total([$double(cleaned)])
  }
}

/// Three deep.
private struct Deep: SubPipeline {
  var number: Node<Int>
  var body: Node<Int> { Middle(number: number)() }

  struct Middle: SubPipeline {
    var number: Node<Int>
    var body: Node<Int> { Doubled(number: $clean(number, 0)).named("inner")() }
  }
}

private struct Split: SubPipeline {
  struct Halves {
    var low: Node<Int>
    var high: Node<[Int]>
  }
  var number: Node<Int>
  var body: Halves { Halves(low: $clean(number, 0), high: $numbers(number)) }
}

private struct Through<Value: Sendable>: SubPipeline {
  var node: Node<Value>
  var body: Node<Value> { node }
}

private struct Main: Pipeline {
  var number = 3
  var body: Graph {
    let number = $source(number)
    $total([Doubled(number: number)(), Doubled(number: number, extra: 5).named("other")()])
      .named("answer")
  }
}

private struct Outer: Pipeline {
  var body: Graph {
    Main(number: 1).named("first")
    Main(number: 2)
  }
}

@Suite(.timeLimit(.minutes(10))) struct SubPipelineTests {
  private func names(_ graph: Graph) -> [String] {
    graph.traversal().filter(\.task.isTask).map(\.name)
  }

  @Test func `its nodes are in a group of its own`() {
    #expect(
      names(Main().graph()) == [
        "source", "doubled/clean", "doubled/double", "doubled/total", "other/clean",
        "other/double", "other/total", "answer",
      ])
    #expect(
      names(Graph { Deep(number: $source(1)) }) == [
        "source", "deep/middle/clean", "deep/middle/inner/clean", "deep/middle/inner/double",
        "deep/middle/inner/total",
      ])
  }

  @Test func `a pipeline is a part of another one`() async throws {
    let names = names(Outer().graph())
    #expect(names.contains("first/answer") && names.contains("main/answer"))
    #expect(names.contains("first/other/clean") && names.contains("main/doubled/total"))
    let store = ArtifactStore.inMemory()
    try await Outer().run(in: store).get()
    // What it computed as a part is there when it runs alone.
    let alone = try await Main(number: 2).run(in: store)
    #expect(alone.executed == 0)
    #expect(store.resolve("outer/main/answer")?.key == store.resolve("main/answer")?.key)
  }

  @Test(arguments: BackendKind.all)
  func `keys do not depend on where it stands`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let part = Doubled(number: $source(4), extra: 2)
    #expect(try await part().value(on: kind.backend, in: store) == 12)
    let nested: [(String, () -> Node<Int>)] = [
      ("bare", { part.body }),
      ("in a group", { Group("a") { Group("b") { part() } } }),
      ("named", { part.named("x").tagged("t").retry(.times(2)).timeout(.seconds(9))() }),
      ("in a sub-pipeline", { Through(node: part())() }),
      ("in a block", { Block(on: .dispatch(2)) { part() } }),
      ("on a backend", { part.on(.local)() }),
      ("of a plain value", { Doubled(number: Node($source(4)), extra: 2)() }),
    ]
    for (name, make) in nested {
      let result = try await Graph { make().named("leaf") }.run(on: kind.backend, in: store)
      #expect(result.executed == 0 && result.status == .succeeded, "\(name)")
    }
  }

  @Test func `a plain value as a node gives the key that it gives itself`() async throws {
    let store = ArtifactStore.inMemory()
    #expect(try await $clean(4, 1).value(on: .local, in: store) == 5)
    let plan = try await Graph { $clean(Node(4), 1) }.plan(in: store)
    #expect(plan.nodes.map(\.state) == [.hit])
    #expect(try await Node([$source(1), $source(2)]).value(on: .local, in: store) == [1, 2])
  }

  @Test(arguments: BackendKind.all)
  func `it stands in the closures of ForEach, When, Reduce and Repeat`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let last = Graph.leaf {
      let mapped = ForEach($numbers(3), naming: { "n\($0)" }) {
        Doubled(number: $0).named("each").retry(.times(2))()
      }
      let chosen = When($isLarge(7)) {
        Doubled(number: $source(1))()
      } otherwise: {
        Doubled(number: $source(2)).named("other").tagged("x")()
      }
      let folded = Reduce(mapped, into: 0) { sum, next in
        Doubled(number: $total([sum, next])).named("fold")()
      }
      let repeated = Repeat(from: 3, until: { $isLarge(Through(node: $0)()) }) {
        Doubled(number: $0).named("round").cache(.stored)()
      }
      return $total([$total(mapped), chosen, folded, repeated])
    }
    let graph = Graph { last }
    let result = try await graph.run(
      on: kind.backend, in: store, options: .with { $0.keepingValues = [last.erased] })
    // 4 + 6 + 8; 6; ((4 + 1) · 2 + 6 + 1) · 2 + 8 + 1) · 2; 8, 18, 38, 78, 158
    #expect(try result.get().value(of: last) == 18 + 6 + 86 + 158)
    let names = result.reports().map(\.name)
    for name in ["each/clean[n1]", "each/total[n3]", "other/total"] {
      #expect(names.contains(name), "\(name)")
    }
    #expect(names.contains { $0.hasPrefix("fold/total#") })
    #expect(names.contains { $0.hasPrefix("round/clean#") })
    #expect(try await graph.run(on: kind.backend, in: store).executed == 0)
    // Each element is the same as alone.
    #expect(
      try await Graph { Doubled(number: Node(2))() }.run(on: kind.backend, in: store).executed == 0)
  }

  @Test func `its results may be a structure of nodes, or nothing`() async throws {
    let halves = Split(number: $source(3))()
    let all = $total([halves.low, $total(halves.high)])
    #expect(try await all.value(on: .local, in: .inMemory()) == 9)
    #expect(names(Graph { halves.high }) == ["source", "split/numbers"])
    struct Nothing: Pipeline { var body: Graph {} }
    #expect(Graph { Nothing() }.leaves.isEmpty)
    #expect(names(Graph { Through(node: $source(1)) }) == ["source"])
  }

  @Test func `two of one name share a group, in which default names have digits`() async throws {
    let graph = Graph {
      let source = $source(1)
      for extra in [1, 2] { Doubled(number: source, extra: extra) }
    }
    let names = names(graph)
    #expect(Set(names).count == 7)
    #expect(names.count { $0.hasPrefix("doubled/clean#") } == 2)
    await #expect(throws: PipelineError.self) {
      _ = try await Graph {
        Main()
        Main(number: 4)
      }.plan(in: .inMemory())
    }
  }

  @Test(arguments: BackendKind.all)
  func `it runs on a backend of its own, and an inner block on its own`(
    kind: BackendKind
  ) async throws {
    let jobs = Calls()
    func backend(_ name: String) -> Noting { Noting(name: name, base: kind.backend, jobs: jobs) }
    struct Part: SubPipeline {
      var backend: (String) -> Noting
      var body: [Node<Int>] {
        let plain = node("plain")
        return [
          plain, Block(on: backend("inner")) { node("block", [plain]) },
          Group("group") { node("own", [plain]) }.on(backend("node")), node("last", [plain]),
        ]
      }
    }
    let result = try await Graph {
      Part(backend: backend).on(backend("whole")).cache(.off)
      node("outside")
    }.run(on: kind.backend)
    #expect(result.executed == 5)
    #expect(jobs.names.sorted() == ["inner", "node", "whole", "whole"])
  }

  @Test func `a modifier holds for each task, unless more is said of a node`() {
    struct Part: SubPipeline {
      var body: [Node<Int>] {
        let first = $source(1)
        let list = ForEach($numbers(2)) { $clean($0, 1) }
        return [
          first, $double(first).cache(.off).tagged("own"),
          Doubled(number: $total(list)).retry(.times(7))(),
        ]
      }
    }
    let part = Part().retry(.times(3)).cache(.stored).tagged("part")
      .timeout(perAttempt: .seconds(1)).onFailure(.keepGoing).retry(.times(4))
    let nodes = Dictionary(
      uniqueKeysWithValues: Graph { part }.traversal().map { ($0.name, $0.attributes) })
    #expect(nodes["part/source"]?.retry == .times(4))
    #expect(nodes["part/source"]?.cache == .stored)
    #expect(nodes["part/source"]?.tags == ["part"])
    #expect(nodes["part/source"]?.timeout == .perAttempt(.seconds(1)))
    #expect(nodes["part/source"]?.failure == .keepGoing)
    #expect(nodes["part/double"]?.cache == .off)
    #expect(nodes["part/double"]?.tags == ["part", "own"])
    #expect(nodes["part/doubled/total"]?.retry == .times(7))
    #expect(nodes["part/doubled/total"]?.cache == .stored)
    #expect(nodes["part/forEach"]?.retry == nil)
  }

  @Test(arguments: BackendKind.all)
  func `each task starts after what the whole starts after`(kind: BackendKind) async throws {
    struct Part: SubPipeline {
      var calls: Calls
      var body: [Node<Int>] {
        let (first, model) = (node("first", calls: calls), $Tally(2))
        return [node("second", [first], calls: calls), Tally.$add(model, 1)]
      }
    }
    let calls = Calls()
    let graph = Graph {
      let setUp = node("set up", calls: calls)
      let other = node("other", calls: calls)
      Part(calls: calls).after(setUp).cache(.stored).after([other])
        .resources(["gpu": 1]).priority(2)
    }
    let nodes = graph.traversal().filter(\.task.isTask)
    #expect(nodes.filter { $0.name.hasPrefix("part/") }.count == 4)
    for node in nodes where node.name.hasPrefix("part/") {
      #expect(Set(node.after).isSuperset(of: [0, 1]))
      #expect(node.attributes.resources == ["gpu": 1] && node.attributes.priority == 2)
      // Actors have no cache policy to override.
      #expect((node.attributes.cache == nil) == ["Tally", "add"].contains(node.task.name))
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.resources = ["gpu": 1] })
    #expect(result.status == .succeeded)
    #expect(Set(calls.names.prefix(2)) == ["set up", "other"])
    #expect(Set(calls.names) == ["set up", "other", "first", "second"])
  }

  @Test func `a changed graph keeps names, and what was said of the whole`() async throws {
    let number = $source(3)
    let graph = Graph {
      Doubled(number: number).named("part").retry(.times(2))
      Tally.$add($Tally(1), 1)
    }
    let changed = try graph.query("part/*").priority(1).replacing(number, with: 10)
    let nodes = changed.traversal().filter(\.task.isTask)
    #expect(nodes.map(\.name) == ["part/clean", "part/double", "part/total", "Tally", "add"])
    #expect(nodes.prefix(3).allSatisfy { $0.attributes.retry == .times(2) })
    #expect(nodes.prefix(3).allSatisfy { $0.attributes.priority == 1 })
    let last = try #require(graph.nodes(matching: "part/total").first)
    let store = ArtifactStore.inMemory()
    #expect(try await changed.run(in: store).status == .succeeded)
    let alone = try await Graph { Doubled(number: Node(10)) }.run(in: store)
    #expect(alone.executed == 0 && last.attributes.retry == .times(2))
  }

  @Test(arguments: BackendKind.all)
  func `tasks are tried as often as is said of the whole`(kind: BackendKind) async throws {
    struct Flaky: Error {}
    struct Part: SubPipeline {
      var calls: Calls
      var body: Node<[Int]> {
        ForEach($numbers(3), naming: { "\($0)" }) { element in
          node("flaky", [element], calls: calls) { inputs, context in
            if context.attempt < 3 { throw Flaky() }
            return inputs[0]
          }
        }
      }
    }
    let calls = Calls()
    let last = $total(Part(calls: calls).retry(.times(3)).named("part")())
    #expect(try await last.value(on: kind.backend, in: .inMemory()) == 6)
    #expect(calls.count("flaky") == 9)
  }
}

/// A backend that notes each job under its own name.
private struct Noting: Backend {
  var name: String
  var base: any Backend
  var jobs: Calls

  func makeSession() throws -> any BackendSession {
    Session(name: name, base: try base.makeSession(), jobs: jobs)
  }

  struct Session: BackendSession {
    var name: String
    var base: any BackendSession
    var jobs: Calls

    func submit(_ jobs: [BackendJob]) {
      for _ in jobs { self.jobs.note(name) }
      base.submit(jobs)
    }
  }
}

extension Graph {
  /// A node that is made in an arena of its own.
  fileprivate static func leaf(_ content: () -> Node<Int>) -> Node<Int> { Group("", content) }
}
