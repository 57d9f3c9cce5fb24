import Millrace
import MillraceTesting
import Testing

@Task private func numbers(_ count: Int) -> [Int] { Array(0..<count) }
@Task private func square(_ value: Int) -> Int { value * value }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }

@Suite(.timeLimit(.minutes(10))) struct PlanTests {
  private func lines(_ plan: Plan) -> [String] { plan.nodes.map(\.description) }

  private func graph(_ version: Int, _ calls: Calls? = nil) -> Graph {
    Graph {
      let a = node("a", [], TaskAttributes(version: version), calls: calls) { _, _ in 1 }
      let t = node("t", [a], TaskAttributes(cache: .transient), calls: calls)
      let off = node("off", [], TaskAttributes(cache: .off), calls: calls)
      node("b", [t], calls: calls)
      node("c", [off, a], calls: calls)
    }
  }

  @Test func `a plan says what would run, what would not, and why`() async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    let plan = try await graph(1, calls).plan(in: store)
    #expect(
      lines(plan) == [
        "run      a: no earlier result", "waiting  t: waits for 'a'", "run      off: not cached",
        "waiting  b: waits for 't'", "waiting  c: waits for 'off', 'a'",
      ])
    #expect(calls.names.isEmpty)
    #expect(store.names().isEmpty && store.runs().isEmpty)
    #expect(plan.description == lines(plan).joined(separator: "\n"))
  }

  @Test func `a plan of what is known has hits, and names what changed`() async throws {
    let store = ArtifactStore.inMemory()
    try await graph(1).run(in: store)
    let known = try await graph(1).plan(in: store)
    #expect(known.nodes.map(\.state) == [.hit, .onDemand, .run, .hit, .waiting])
    let changed = try await graph(2).plan(in: store)
    #expect(
      changed.nodes[0].reason
        == .changed([KeyChange(.init(name: "version", old: .integer(1), new: .integer(2)))]))
    #expect(changed.nodes[0].description == "run      a: changed: version 1 → 2")
    #expect(changed.nodes[3].reason == .waitsFor(["t"]))
  }

  @Test func `a plan is carried out once, and planned again for a second run`() async throws {
    let calls = Calls()
    let plan = try await graph(1, calls).plan(in: .inMemory())
    #expect(try await plan.run().executed == 5)
    let again = try await plan.run()
    #expect(again.hits == 3 && again.executed == 1)
    #expect(calls.names.count == 6)
  }

  @Test func `a lost artifact is the reason for a run`() async throws {
    let counter = StorageCounter()
    try await Graph { node("a") }.run(in: counter.open())
    let store = try counter.open()
    try counter.lose("a", in: store)
    #expect(try await Graph { node("a") }.plan(in: store).nodes[0].reason == .unreadable)
  }

  @Test func `a list that is known is planned element by element`() async throws {
    let store = ArtifactStore.inMemory()
    func graph(_ count: Int) -> Graph {
      Graph { $sum(ForEach($numbers(count)) { $square($0) }) }
    }
    let unknown = try await graph(2).plan(in: store)
    #expect(unknown.nodes.map(\.task) == ["numbers", "sum"])
    #expect(unknown.nodes.map(\.state) == [.run, .waiting])
    try await graph(2).run(in: store)
    let known = try await graph(2).plan(in: store)
    #expect(known.nodes.map(\.task) == ["numbers", "sum", "square", "square"])
    #expect(known.nodes.allSatisfy { $0.state == .hit })
    // A constant list is known at once.
    let constant = try await Graph { $sum(ForEach([0, 1, 2]) { $square($0) }) }.plan(in: store)
    #expect(constant.nodes.map(\.state) == [.waiting, .hit, .hit, .run])
  }

  @Test func `a plan that is not described runs all the same`() async throws {
    let calls = Calls()
    let plan = try await graph(1, calls).plan(
      in: .inMemory(), options: .with { $0.describesPlan = false })
    #expect(plan.nodes.isEmpty && calls.names.isEmpty)
    #expect(try await plan.run().get().executed == 5)
    #expect(plan.nodes.isEmpty && calls.names.count == 5)
  }

  @Test func `what a plan finds wrong is thrown before anything runs`() async throws {
    let error = await #expect(throws: PipelineError.self) {
      try await Graph {
        node("a").named("x"); node("b").named("x")
      }.plan(in: .inMemory())
    }
    #expect(error?.code == .duplicateName)
  }
}
