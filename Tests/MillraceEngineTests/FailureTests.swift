import Millrace
import MillraceTesting
import Synchronization
import Testing

private struct Broken: Error, CustomStringConvertible {
  var description: String { "the tape is broken" }
}

/// What a failing node does to the rest of a run.
@Suite(.timeLimit(.minutes(10))) struct FailureTests {
  /// `bad` fails; `needy` and `far` need it, `free` does not, `cached` is a hit.
  private func graph(_ calls: Calls, others: Int = 1) -> Graph {
    Graph {
      let cached = node("cached", calls: calls)
      let bad = node("bad", [cached], calls: calls) { _, _ in throw Broken() }
      let needy = node("needy", [bad, cached], calls: calls)
      node("far", [needy], calls: calls)
      for index in 0..<others {
        node("free\(index)", [cached], TaskAttributes(version: 2), calls: calls)
      }
    }
  }

  @Test(arguments: BackendKind.all)
  func `keep-going finishes all that does not need the failed node`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    try await Graph { node("cached") }.run(in: store)
    let result = try await graph(calls, others: 30).run(
      on: kind.backend, in: store, options: .with { $0.failurePolicy = .keepGoing })
    #expect(result.status == .failed)
    #expect(result.names(.failed) == ["bad"])
    #expect(result.names(.skipped) == ["needy", "far"])
    #expect(result.hitNames == ["cached"])
    #expect(result.executedNames == (0..<30).map { "free\($0)" })
    #expect(result.executed == 30 && result.hits == 1 && result.failed == 1)
    #expect(!calls.names.contains("needy") && !calls.names.contains("far"))
  }

  @Test(arguments: BackendKind.all)
  func `fail-fast starts nothing new`(kind: BackendKind) async throws {
    let calls = Calls()
    let result = try await Graph {
      let first = node("first", calls: calls) { _, _ in throw Broken() }
      first
      (0..<200).map { node("n\($0)", [], TaskAttributes(cache: .off), calls: calls) }
      (0..<200).map { node("s\($0)", [], calls: calls) }
    }.run(on: kind.backend)
    #expect(result.status == .failed)
    #expect(result.names(.failed) == ["first"])
    if kind.testDescription == "local" { #expect(calls.names == ["first"]) }
    let started = calls.names.filter { $0 != "first" }
    #expect(Set(result.executedNames) == Set(started))
    #expect(result.names(.cancelled).count == 400 - started.count)
  }

  @Test(arguments: BackendKind.all)
  func `every node of a run that failed fast is in a true state`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let calls = Calls()
    try await Graph { node("cached") }.run(in: store)
    let result = try await graph(calls).run(on: kind.backend, in: store)
    #expect(result.hitNames == ["cached"])
    #expect(result.names(.failed) == ["bad"])
    #expect(result.names(.skipped) == ["needy", "far"])
    #expect(result.names(calls.names.contains("free0") ? .executed : .cancelled) == ["free0"])
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `the error names the node and the attempt, and has the cause`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let attributes = TaskAttributes(retry: .times(2))
    let bad =
      isAsync
      ? asyncNode("bad", [], attributes) { _, _ in throw Broken() }
      : node("bad", [], attributes) { _, _ in throw Broken() }
    let named = bad.named("worst")
    let error = await #expect(throws: PipelineError.self) {
      try await named.value(on: kind.backend)
    }
    #expect(error?.code == .taskFailed)
    #expect(error?.node == "worst")
    #expect(error?.attempt == 3)
    #expect(error?.cause is Broken)
    #expect(error?.message == "Node 'worst' failed in attempt 3: the tape is broken")
  }

  @Test(arguments: BackendKind.all)
  func `an error is never cached`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let isBroken = Mutex(true)
    let calls = Calls()
    let graph = Graph {
      node("moody", calls: calls) { _, _ in
        if isBroken.withLock({ $0 }) { throw Broken() }
        return 3
      }
    }
    #expect(try await graph.run(on: kind.backend, in: store).status == .failed)
    isBroken.withLock { $0 = false }
    #expect(try await graph.run(on: kind.backend, in: store).executed == 1)
    #expect(try await graph.run(on: kind.backend, in: store).hits == 1)
    #expect(calls.names.count == 2)
  }

  @Test func `a value can be had although another node failed`() async throws {
    let good = node("good")
    let bad = node("bad") { _, _ in throw Broken() }
    let result = try await Graph {
      bad
      good
    }.run(options: .with { $0.failurePolicy = .keepGoing })
    #expect(try result.value(of: good) == 1)
    let error = #expect(throws: PipelineError.self) { try result.value(of: bad) }
    #expect(error?.node == "bad")
    #expect(throws: PipelineError.self) { try result.get() }
  }

  @Test(arguments: BackendKind.all)
  func `an uncached input of a skipped node is let go of`(kind: BackendKind) async throws {
    let population = Population()
    let graph = Graph {
      let bad = node("bad") { _, _ in throw Broken() }
      let box = $boxed(1, Constant(population))
      node("needy", [bad, $opened(box)], TaskAttributes())
      $joined($boxed(2, Constant(population)), bad)
    }
    do {
      let result = try await graph.run(
        on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
      #expect(result.status == .failed)
    }
    #expect(population.made > 0)
    #expect(population.now == 0)
  }

  @Test func `failures are reported in the order in which they happened`() async throws {
    let result = try await Graph {
      node("a") { _, _ in throw Broken() }
      node("b")
      node("c") { _, _ in throw Broken() }
    }.run(options: .with { $0.failurePolicy = .keepGoing })
    #expect(result.failures.map(\.node) == ["a", "c"])
  }
}

@Task(cache: .off) private func boxed(_ number: Int, _ population: Population) -> Alive {
  Alive(number, in: population)
}
@Task(cache: .off) private func opened(_ box: Alive) -> Int { box.number }
@Task private func joined(_ box: Alive, _ number: Int) -> Int { box.number + number }
