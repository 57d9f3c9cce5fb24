import Millrace
import MillraceTesting
import Testing

@Task private func square(_ value: Int) -> Int { value * value }
@Task private func add(_ left: Int, _ right: Int) -> Int { left + right }
@Task private func isAtLeast(_ value: Int, _ bound: Int, _ more: Int) -> Bool {
  value >= bound + more
}
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task private func rows(_ count: Int) -> [Int] { Array(0..<count) }
@Task(cache: .transient) private func opaque(_ value: Int) -> Opaque { Opaque(value: value) }
@Task private func opened(_ value: Opaque) -> Int { value.value }

private struct Opaque: Sendable { var value: Int }

/// Graphs in which one node stands for another.
@Suite(.timeLimit(.minutes(10))) struct ReplacingTests {
  @Test(arguments: BackendKind.all)
  func `every consumer takes the replacement, and the graph stays as it was`(
    kind: BackendKind
  ) async throws {
    let source = $square(3)
    let joined = $add($square(source), $sum([source, source])).named("joined")
    let graph = Graph { joined }
    let changed = graph.replacing(source, with: $add(1, 1))
    #expect(try await changed.run(on: kind.backend).get().value(of: joined) == 8)
    #expect(try await graph.run(on: kind.backend).get().value(of: joined) == 99)
    #expect(
      changed.traversal().map(\.name).sorted() == ["add", "collect", "joined", "square", "sum"])
  }

  @Test(arguments: BackendKind.all)
  func `a constant stubs a node, and what only that needed does not run`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    let deep = node("deep", calls: calls)
    let source = node("source", [deep], calls: calls)
    let top = node("top", [source], calls: calls)
    let result = try await Graph { top }.replacing(source, with: 40).run(on: kind.backend)
    #expect(try result.value(of: top) == 41)
    #expect(calls.names == ["top"])
    #expect(try result.value(of: source) == 40)
  }

  @Test(arguments: BackendKind.all)
  func `captures of ForEach templates are replaced, however deep`(
    kind: BackendKind
  ) async throws {
    let offset = $square(10)
    let nested = ForEach($rows(3)) { element in
      $sum(ForEach([1, 2]) { inner in $add($add(inner, element), offset).retry(.times(1)) })
    }
    let graph = Graph { nested }
    #expect(try await graph.run(on: kind.backend).status == .succeeded)
    let result = try await graph.replacing(offset, with: $square(0)).run(
      on: kind.backend, options: .with { $0.keepingValues = [nested.erased] })
    #expect(try result.value(of: nested) == [3, 5, 7])
  }

  @Test(arguments: BackendKind.all)
  func `captures of the other templates are replaced, and arms of choices`(
    kind: BackendKind
  ) async throws {
    let step = $square(2)
    let folded = Reduce($rows(3), into: step) { $add($add($0, $1), step) }
    let repeated = Repeat(from: step, until: { $isAtLeast($0, step, 20) }) { $add($0, step) }
    let chosen = When($isAtLeast(step, 3, 0)) {
      step
    } otherwise: {
      $square(5)
    }
    let graph = Graph { $sum([folded, repeated, chosen]).named("all") }
    func values(_ graph: Graph) async throws -> [Int] {
      let nodes = [folded, repeated, chosen]
      let options = RunOptions.with { $0.keepingValues = nodes.map(\.erased) }
      let result = try await graph.run(on: kind.backend, options: options).get()
      return try nodes.map { try result.value(of: $0) }
    }
    #expect(try await values(graph) == [4 + 3 + 3 * 4, 24, 4])
    #expect(try await values(graph.replacing(step, with: 2)) == [2 + 3 + 3 * 2, 22, 25])
    #expect(try await values(graph.query("add").tagged("t")) == [19, 24, 4])
  }

  @Test func `a replacement may wrap what it replaces, and be wrapped again`() async throws {
    let source = $square(3)
    let consumer = $add(source, 0)
    let other = $add(source, 100).named("other")
    let graph = Graph {
      consumer
      other
      source
    }
    let wrapped = graph.replacing(source, with: $add(source, 1))
    let twice = wrapped.replacing(source, with: $square(source))
    for (graph, value) in [(graph, 9), (wrapped, 10), (twice, 100)] {
      let result = try await graph.run()
      #expect(try result.value(of: consumer) == value)
      #expect(try result.value(of: other) == value + 100)
      #expect(try result.value(of: source) == value)
    }
  }

  @Test func `what the replacement needs keeps the node, also where others share it`()
    async throws
  {
    let source = $square(3)
    let middle = $add(source, 1).named("middle")
    let last = $add(middle, source)
    // `middle` is needed by the replacement of its own input.
    let result = try await Graph { last }.replacing(source, with: $square(middle)).run()
    #expect(try result.value(of: middle) == 10)
    #expect(try result.value(of: last) == 110)
  }

  @Test func `later replacements see earlier ones, and the last of one node holds`()
    async throws
  {
    let load = $square(3)
    let clean = $add(load, 1)
    let top = $add(clean, 0)
    let stubbed = Graph { top }.replacing(load, with: 5)
    #expect(try await stubbed.run().value(of: top) == 6)
    #expect(try await stubbed.replacing(load, with: 7).run().value(of: top) == 8)
    let other = stubbed.replacing(clean, with: $square(load))
    #expect(try await other.run().value(of: top) == 25)
  }

  @Test func `consumers are keyed by the replacement`() async throws {
    let store = ArtifactStore.inMemory()
    let source = $square(3)
    let graph = Graph { $add(source, 1).named("top") }
    #expect(try await graph.run(in: store).executed == 2)
    let same = try await graph.replacing(source, with: 9).run(in: store)
    #expect(same.hitNames == ["top"] && same.executed == 0)
    let changed = try await graph.replacing(source, with: 8).run(in: store)
    #expect(changed.executedNames == ["top"])
    let again = try await Graph { $add($square(3), 1) }.run(in: store)
    #expect(again.hits == 2)
  }

  @Test func `values that cannot be encoded can be stubbed`() async throws {
    let source = $opaque(1)
    let top = $opened(source)
    let graph = Graph { top }.replacing(source, with: Opaque(value: 5))
    #expect(
      try await graph.run(options: .with { $0.keepingValues = [top.erased] })
        .value(of: top) == 5)
  }

  @Test func `modifiers of other nodes stay, and those of the replacement are its own`()
    async throws
  {
    let source = $square(3).named("source").tagged("old")
    let top = $add(source, 1).named("top").retry(.times(2))
    let changed = Graph { top }.replacing(source, with: $square(4).named("stub"))
    #expect(changed.nodes(matching: "*").map(\.name).sorted() == ["stub", "top"])
    #expect(changed.nodes(matching: "top").map(\.attributes.retry) == [.times(2)])
    #expect(changed.nodes(matching: "stub").map(\.attributes.tags) == [[]])
    #expect(
      try changed.query("stub").tagged("new").replacing(source, with: 1)
        .nodes(matching: "top").count == 1)
  }

  @Test func `a node that no leaf needs replaces nothing`() async throws {
    let top = $square(2)
    let changed = Graph { top }.replacing($square(5), with: 7)
    #expect(changed.leaves == [top.erased])
  }

  @Test func `a node inside of a template can be stubbed by its handle`() async throws {
    var inner: Node<Int>?
    let list = ForEach([1, 2]) { element in
      let squared = $square(element)
      inner = squared
      return $add(squared, element)
    }
    let changed = Graph { list }.replacing(try #require(inner), with: 50)
    let result = try await changed.run(options: .with { $0.keepingValues = [list.erased] })
    #expect(try result.value(of: list) == [51, 52])
  }
}
