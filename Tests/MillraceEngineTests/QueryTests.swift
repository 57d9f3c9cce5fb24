import Millrace
import MillraceTesting
import Synchronization
import Testing

@Task private func source(_ count: Int) -> [Int] { Array(0..<count) }
@Task(tags: ["gpu"]) private func train(_ value: Int) -> Int { value + 1 }
@Task(cache: .transient) private func clean(_ value: Int) -> Int { value * 2 }
@Task private func total(_ values: [Int]) -> Int { values.reduce(0, +) }

/// Queries: what is said of nodes by pattern.
@Suite(.timeLimit(.minutes(10))) struct QueryTests {
  private struct Flaky: Error {}

  private let cleaned: Node<[Int]>
  private let result: Node<Int>
  private let graph: Graph

  init() {
    let outside = $clean(100).named("clean-outside")
    let cleaned = ForEach($source(3)) { element in
      $total([$train($clean(element)).tagged("slow"), outside])
    }
    let result = $total(cleaned).named("result")
    self.cleaned = cleaned
    self.result = result
    graph = Graph { result }
  }

  @Test(arguments: [
    ("train*", ["train"]), ("clean*", ["clean-outside", "clean"]), ("tag:gpu", ["train"]),
    ("tag:sl?w", ["train"]), ("result", ["result"]), ("total", ["total"]),
    ("*", ["clean-outside", "source", "total", "train", "clean", "result"]),
  ])
  func `nodes match by name and tag, also inside of a ForEach`(
    pattern: String, names: [String]
  ) throws {
    #expect(Set(try graph.query(pattern).names) == Set(names))
    #expect(try graph.query(pattern).names.count == names.count)
  }

  @Test func `a task's name matches its nodes with and without their suffix`() throws {
    let graph = Graph {
      $train(1)
      $train(2)
    }
    let names = graph.traversal().map(\.name)
    #expect(names.allSatisfy { $0.hasPrefix("train#") })
    #expect(try graph.query("train").names == names)
    #expect(try graph.query(names[1]).names == [names[1]])
  }

  @Test(arguments: [("trian", "'train'"), ("tag:gpus", "'tag:gpu'"), ("zzz", "traversal()")])
  func `a pattern that matches nothing is an error with the nearest names`(
    pattern: String, advice: String
  ) async throws {
    let error = #expect(throws: PipelineError.self) { try graph.query(pattern) }
    #expect(error?.code == .unknownNode)
    #expect(error?.message.contains(advice) == true)
    let planned = await #expect(throws: PipelineError.self) {
      try await graph.run(options: .with { $0.query(pattern) { $0.retry = .times(1) } })
    }
    #expect(planned?.message == error?.message)
  }

  @Test(arguments: BackendKind.all)
  func `a queried graph gives the same values under the same keys`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let first = try await graph.run(on: kind.backend, in: store)
    let queried = try graph.query("*").on(kind.backend).query("total").tagged("sum")
    let second = try await queried.run(
      on: .local, in: store, options: .with { $0.keepingValues = [cleaned.erased] })
    #expect(second.executed == 0 && first.hits == 0)
    #expect(try second.value(of: result) == 609)
    #expect(try second.value(of: cleaned) == [201, 203, 205])
    #expect(second.reports().map(\.name) == first.reports().map(\.name))
  }

  @Test(arguments: BackendKind.all)
  func `copies of a template retry as the query says`(kind: BackendKind) async throws {
    let attempts = Mutex<[Int: Int]>([:])
    let flaky = ForEach([10, 20, 30]) { element in
      node("flaky", [element]) { inputs, context in
        attempts.withLock { $0[inputs[0], default: 0] += 1 }
        if context.attempt < 3 { throw Flaky() }
        return inputs[0]
      }
    }
    let graph = Graph { flaky }
    #expect(try await graph.run(on: kind.backend).status == .failed)
    attempts.withLock { $0 = [:] }
    let patient = try graph.query("flaky").retry(.times(2))
    #expect(try await patient.run(on: kind.backend).status == .succeeded)
    #expect(attempts.withLock { $0 } == [10: 3, 20: 3, 30: 3])
    #expect(try await graph.run(on: kind.backend).status == .failed)
  }

  @Test func `matching nodes run on the backend of the query, and others do not`() async throws {
    let chosen = RecordingBackend(name: "chosen")
    let other = RecordingBackend(name: "other")
    let result = try await graph.query("tag:gpu").on(chosen).run(on: other)
    #expect(try result.value(of: self.result) == 609)
    #expect(chosen.jobs == 6)  // for each element its key and its body
    #expect(other.jobs > 6)
    let again = RecordingBackend(name: "chosen")
    let options = RunOptions.with { $0.query("train*") { $0.backend = again } }
    _ = try await graph.run(on: .dispatch(2), options: options)
    #expect(again.jobs == 6)
  }

  @Test func `backends can be named as elsewhere`() async throws {
    let options = RunOptions.with { $0.query("train*") { $0.backend = .dispatch(4) } }
    #expect(try await graph.run(options: options).status == .succeeded)
  }

  @Test func `a query says what the modifiers say`() throws {
    let graph = Graph { node("a").resources(["gpu": 1, "memory": 2]) }
    let changed = try graph.query("a").resources(["gpu": 3]).query("a").priority(4)
      .query("a").timeout(.seconds(5), perAttempt: .seconds(1)).query("a").onFailure(.keepGoing)
      .query("a").retry(.times(6))
    let said = try #require(changed.traversal().first).attributes
    #expect(said.resources == ["gpu": 3, "memory": 2])
    #expect(said.priority == 4)
    #expect(said.timeout == .node(.seconds(5), perAttempt: .seconds(1)))
    #expect(said.failure == .keepGoing)
    #expect(said.retry == .times(6))
  }

  @Test func `a query decides whether values are stored`() async throws {
    let store = ArtifactStore.inMemory()
    #expect(try await graph.query("*").cache(.off).run(in: store).encodes == 0)
    #expect(store.names().isEmpty)
    let stored = try await graph.query("clean*").cache(.stored).run(in: store)
    #expect(stored.encodes == 12)  // 1 outside, 3 × 3 inside, the list and the result
  }

  @Test func `the graph that was asked stays as it was, and its blocks are kept`() async throws {
    let block = RecordingBackend(name: "block")
    let inner = Block(on: block) { $train(7).named("inner") }
    let graph = Graph { $total([inner]) }
    let queried = try graph.query("total").tagged("new").query("inner").retry(.times(1))
    #expect(graph.traversal().allSatisfy { $0.attributes.tags.isEmpty })
    #expect(queried.nodes(matching: "total").map(\.attributes.tags) == [["new"]])
    #expect(queried.nodes(matching: "inner").map(\.attributes.retry) == [.times(1)])
    #expect(queried.traversal().map(\.name) == graph.traversal().map(\.name))
    #expect(try await queried.run().status == .succeeded)
    #expect(block.jobs > 0)
  }

  @Test func `a queried graph is part of another and outlives the one it was made from`()
    async throws
  {
    func make() throws -> (Node<Int>, Graph) {
      let node = $train($clean(4)).named("four")
      let queried = try Graph { node }.query("four").tagged("x")
      return (node, Graph { queried })
    }
    let (node, graph) = try make()
    #expect(graph.nodes(matching: "four").map(\.attributes.tags) == [["x"]])
    #expect(try await graph.run().value(of: node) == 9)
  }

  @Test func `a long chain is copied without recursion`() throws {
    let graph = Graph {
      var node = $train(0).named("first")
      let _ = (0..<50_000).forEach { _ in node = $train(node) }
      node
    }
    let queried = try graph.query("first").tagged("x")
    #expect(queried.nodes(matching: "first").count == 1)
  }
}

/// A local backend that counts the jobs it is given.
private final class RecordingBackend: Backend {
  let name: String
  private let count = Atomic<Int>(0)

  init(name: String) { self.name = name }

  var jobs: Int { count.load(ordering: .relaxed) }

  func makeSession() throws -> any BackendSession {
    Session(inner: LocalBackend().makeSession(), backend: self)
  }

  private struct Session: BackendSession {
    let inner: any BackendSession
    let backend: RecordingBackend

    func submit(_ jobs: [BackendJob]) {
      backend.count.add(jobs.count, ordering: .relaxed)
      inner.submit(jobs)
    }
  }
}
