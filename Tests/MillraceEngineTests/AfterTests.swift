import Millrace
import MillraceTesting
import Testing

@testable import MillraceEngine
@testable import MillraceGraph

private struct Broken: Error {}

@Task(cache: .off) private func holder(_ population: Population) -> Alive {
  Alive(0, in: population)
}

/// Nodes that start after others without taking their values.
@Suite(.timeLimit(.minutes(10))) struct AfterTests {
  private static let off = TaskAttributes(cache: .off)

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient, .off])
  func `a node starts when the others have ended, in whatever order they were made`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let calls = Calls()
    let attributes = TaskAttributes(cache: cache)
    let first = node("first", [], attributes, calls: calls)
    let second = node("second", [], attributes, calls: calls)
    let third = asyncNode("third", [], attributes, calls: calls) { _, _ in
      await Task.yield()
      calls.note("third ends")
      return 1
    }
    let graph = Graph {
      first.after(second)
      second.after(third, node("fourth", [], attributes, calls: calls))
    }
    let result = try await graph.run(on: kind.backend)
    #expect(result.status == .succeeded && result.executed == 4)
    #expect(calls.names.suffix(2) == ["second", "first"])
    #expect(Set(calls.names.prefix(3)) == ["third", "third ends", "fourth"])
  }

  @Test(arguments: BackendKind.all)
  func `a node with inputs waits for both`(kind: BackendKind) async throws {
    let calls = Calls()
    let others = (0..<20).map { node("other\($0)", [], Self.off, calls: calls) }
    let input = node("input", calls: calls)
    let top = node("top", [input], calls: calls).after(others).named("top")
    let result = try await Graph { top }.run(on: kind.backend)
    #expect(try result.value(of: top) == 2)
    #expect(calls.names.last == "top" && calls.names.count == 22)
  }

  @Test func `what starts after a node is handed over in the order of declaration`() throws {
    let first = node("first", [], Self.off)
    let others = (1...20).map { node("other\($0)", [], Self.off).after(first) }
    var state = RunState(Traversal(others.map(\.erased)))
    for leaf in 1...20 { state.ask(for: leaf, keepingValue: false) }
    state.startRunning()
    try #require(state.next() == [.execute(0)])
    Cell.initialize(state.values.cell(0), to: 1)
    state.executed(0, artifact: nil)
    #expect(state.next() == (1...20).map { .execute($0) })
  }

  @Test func `the key does not depend on the others, and a hit makes none of them run`()
    async throws
  {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    try await Graph { node("top") }.run(in: store)
    let result = try await Graph {
      node("top", calls: calls).after(node("other", [], Self.off, calls: calls))
    }.run(in: store)
    #expect(result.hitNames == ["top"])
    #expect(result.names(.notNeeded) == ["other"])
    #expect(calls.names.isEmpty)
  }

  @Test func `an artifact that is only waited for is not read`() async throws {
    let counter = StorageCounter()
    try await Graph { node("other") }.run(in: counter.open())
    let store = try counter.open()
    let before = counter.gets
    let result = try await Graph {
      node("top", [], Self.off).after(node("other"))
    }.run(in: store)
    #expect(result.hitNames == ["other"] && result.executedNames == ["top"])
    #expect(counter.gets == before)
  }

  @Test func `what is said of a handle holds for the node`() async throws {
    let calls = Calls()
    let first = node("first", [], Self.off, calls: calls)
    let second = node("second", [], Self.off, calls: calls)
    let graph = Graph {
      node("top", [first], Self.off, calls: calls)
      first.after(second).named("one")
    }
    try await graph.run().get()
    #expect(calls.names == ["second", "first", "top"])
    let nodes = graph.traversal()
    #expect(nodes.map(\.name) == ["one", "second", "top"])
    #expect(nodes.map(\.after) == [[1], [], []])
    #expect(nodes.map(\.inputs) == [[], [], [0]])
  }

  @Test(arguments: BackendKind.all, [FailurePolicy.failFast, .keepGoing])
  func `a failure skips what was to follow`(
    kind: BackendKind, policy: FailurePolicy
  ) async throws {
    let calls = Calls()
    let bad = node("bad") { _, _ in throw Broken() }
    let result = try await Graph {
      let next = node("next", calls: calls).after(bad)
      node("far", calls: calls).after(next)
      node("needy", [next], calls: calls)
    }.run(on: kind.backend, options: .with { $0.failurePolicy = policy })
    #expect(result.status == .failed)
    #expect(Set(result.names(.skipped)) == ["next", "far", "needy"])
    #expect(calls.names.isEmpty)
  }

  @Test func `values are let go before the node that waited has run`() async throws {
    let population = Population()
    let top = node("top", [], Self.off) { _, _ in population.now }
      .after($holder(Constant(population)))
    let result = try await Graph { top }.run(options: .with { $0.keepingValues = [top.erased] })
    #expect(try result.value(of: top) == 0)
    #expect(population.made == 1)
  }

  @Test(arguments: BackendKind.all)
  func `copies of a template wait for nodes outside and for each other`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    let outside = node("outside", [], Self.off, calls: calls)
    let list = ForEach([1, 2, 3]) { element in
      let early = node("early", [element], Self.off, calls: calls).after(outside)
      return node("late", [element], Self.off, calls: calls).after(early)
    }
    let result = try await Graph {
      node("end", [], Self.off, calls: calls).after(list)
    }.run(on: kind.backend)
    #expect(result.status == .succeeded)
    #expect(calls.names.first == "outside" && calls.names.last == "end")
    #expect(calls.count("early") == 3 && calls.count("late") == 3)
    var begun = 0
    for name in calls.names {
      if name == "early" { begun += 1 }
      if name == "late" { begun -= 1 }
      #expect(begun >= 0)
    }
  }

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient, .off])
  func `equal nodes may start after each other in either order`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    for isFirstLater in [false, true] {
      let calls = Calls()
      let attributes = TaskAttributes(cache: cache)
      let (first, second) = (
        node("equal", [], attributes, calls: calls), node("equal", [], attributes, calls: calls)
      )
      let between = node("between", [isFirstLater ? second : first], attributes)
      let top = node("top", [first, second, between], attributes)
      let graph = Graph {
        top
        if isFirstLater { first.after(between) } else { second.after(between) }
      }
      let result = try await graph.run(on: kind.backend)
      #expect(result.status == .succeeded)
      // Of stored ones only the first runs, unless the second may not wait for it.
      #expect(calls.count("equal") == 2 || cache != .off)
    }
  }

  @Test(arguments: BackendKind.all)
  func `a changed graph keeps its orders`(kind: BackendKind) async throws {
    let calls = Calls()
    let first = node("first", [], Self.off, calls: calls)
    let list = ForEach([1]) { element in
      let early = node("early", [element], Self.off, calls: calls)
      let late = node("late", [element], Self.off, calls: calls)
      return node("inner", [early.after(late)], Self.off)
    }
    let last = node("last", [], Self.off, calls: calls)
    let graph = Graph {
      first.after(last)
      node("end", [], Self.off, calls: calls).after(list, first)
    }
    try await graph.query("first").tagged("t").run(on: kind.backend)
    #expect(calls.take().filter { $0.hasSuffix("st") } == ["last", "first"])
    try await graph.query("*").tagged("t").run(on: kind.backend)
    var names = calls.take()
    #expect(names.filter { $0.hasSuffix("st") } == ["last", "first"])
    #expect(names.filter { $0 == "early" || $0 == "late" } == ["late", "early"])
    #expect(names.last == "end")
    try await graph.replacing(last, with: node("other", [], Self.off, calls: calls))
      .run(on: kind.backend)
    names = calls.take().filter { $0 == "other" || $0 == "first" }
    #expect(names == ["other", "first"])
  }

  @Test func `a changed graph keeps its circles, to be refused`() async throws {
    let first = node("first")
    let graph = Graph { first.after(node("second", [first])) }
    let error = await #expect(throws: PipelineError.self) {
      try await graph.query("second").tagged("t").run()
    }
    #expect(error?.code == .cycle)
  }

  @Test func `a circle is refused, and its nodes are named`() async throws {
    let first = node("first")
    let second = node("second", [first])
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { first.after(second) }.run()
    }
    #expect(error?.code == .cycle)
    #expect(
      error?.message
        == "Nodes wait for each other: 'first' after 'second' after 'first'. Remove one of the '.after's."
    )
    let own = await #expect(throws: PipelineError.self) {
      try await Graph { first.after(first) }.run()
    }
    #expect(own?.code == .cycle)
    let inner = await #expect(throws: PipelineError.self) {
      try await ForEach([1]) { element in
        let early = node("early", [element])
        return node("late", [early.after(node("middle", [early]))])
      }.value()
    }
    #expect(inner?.code == .cycle)
  }

  @Test func `only tasks can be told to wait, and not for copies`() async throws {
    let outside = node("outside")
    let list = ForEach([1]) { node("inside", [$0]) }
    let noTask = await #expect(throws: PipelineError.self) {
      try await Graph { list.after(outside) }.run()
    }
    #expect(noTask?.code == .misuse)
    let wrongWay = await #expect(throws: PipelineError.self) {
      try await ForEach([1]) { element in
        node("top", [outside.after(node("inside", [element]))])
      }.value()
    }
    #expect(wrongWay?.code == .misuse)
    #expect(wrongWay?.message.contains("'outside' is outside of a 'ForEach'") == true)
  }
}
