import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

private struct Broken: Error {}

/// Failures that a run goes on from: with a value, or without what needs the node.
@Suite(.timeLimit(.minutes(10))) struct IgnoringTests {
  /// Fails for as long as it is told to, and gives 7 otherwise.
  private func moody(
    _ isBroken: Switch, cache: CachePolicy = .stored, retry: RetryPolicy = .none,
    isAsync: Bool = false, calls: Calls? = nil
  ) -> Node<Int> {
    let attributes = TaskAttributes(cache: cache, retry: retry)
    let body: @Sendable ([Int], TaskContext) throws -> Int = { _, _ in
      if isBroken.value { throw Broken() }
      return 7
    }
    return isAsync
      ? asyncNode("moody", [], attributes, calls: calls) { try body($0, $1) }
      : node("moody", [], attributes, calls: calls, body: body)
  }

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient, .off])
  func `consumers get the value, and it is forgotten when the task succeeds`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let store = ArtifactStore.inMemory()
    let isBroken = Switch(true)
    let calls = Calls()
    let consumer = node(
      "consumer", [moody(isBroken, cache: cache, calls: calls).ignoringFailure(default: 100)],
      calls: calls)
    let graph = Graph { consumer }
    let first = try await graph.run(on: kind.backend, in: store)
    #expect(first.status == .succeeded)
    #expect(try first.value(of: consumer) == 101)
    #expect(first.names(.ignored) == ["moody"])
    #expect(first.failures.isEmpty && first.ignored.map(\.node) == ["moody"])
    #expect(first.ignored.first?.cause is Broken)
    #expect(first.executed == 1 && first.failed == 0)
    #expect(store.resolve("graph/moody") == nil)

    isBroken.value = false
    _ = calls.take()
    let second = try await graph.run(on: kind.backend, in: store)
    #expect(try second.value(of: consumer) == 8)
    #expect(calls.names == ["moody", "consumer"])

    _ = calls.take()
    let third = try await graph.run(on: kind.backend, in: store)
    #expect(try third.value(of: consumer) == 8)
    #expect(calls.names == (cache == .off ? ["moody"] : []))
  }

  @Test(arguments: BackendKind.all)
  func `a consumer of the same value is a hit, whoever gave it`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let isBroken = Switch(true)
    let graph = Graph {
      node("consumer", [moody(isBroken).ignoringFailure(default: 7)])
    }
    #expect(try await graph.run(on: kind.backend, in: store).executed == 1)
    isBroken.value = false
    let second = try await graph.run(on: kind.backend, in: store)
    #expect(second.executedNames == ["moody"] && second.hitNames == ["consumer"])
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `the value stands in only after the last attempt`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let calls = Calls()
    let node = moody(.init(true), retry: .times(2), isAsync: isAsync, calls: calls)
      .ignoringFailure(default: 5)
    let recorder = EventRecorder()
    let result = try await Graph { node }.run(
      on: kind.backend,
      options: .with {
        $0.observers = [recorder]
        $0.keepingValues = [node.erased]
      })
    #expect(try result.value(of: node) == 5)
    #expect(calls.names.count == 3)
    let ends = recorder.events.compactMap { event in
      if case .nodeFinished(let report) = event { report } else { nil }
    }
    #expect(ends.map(\.state) == [.ignored])
    #expect(ends.first?.attempts == 3 && ends.first?.failedAttempts.count == 3)
    #expect(ends.first?.error?.attempt == 3)
  }

  @Test(arguments: BackendKind.all)
  func `running out of time can be ignored`(kind: BackendKind) async throws {
    let clock = ManualClock()
    let slow = asyncNode("slow", [], TaskAttributes(timeout: .seconds(1))) { _, context in
      try await ContinuousClock().sleep(for: .seconds(100_000))
      return 1
    }
    let behind = node("behind", [slow.ignoringFailure(default: 20)])
    async let running = Graph { behind }.run(
      on: kind.backend, options: .with { $0.clock = clock })
    await clock.sleepers(1)
    clock.advance(by: .seconds(1))
    let result = try await running
    #expect(try result.value(of: behind) == 21)
    #expect(result.ignored.first?.code == .timedOut)
  }

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient])
  func `a node of equal key that ignores nothing does not get the value`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let isBroken = Switch(true)
    let graph = Graph {
      node("lenient", [moody(isBroken, cache: cache).named("a").ignoringFailure(default: 1)])
      node("strict", [moody(isBroken, cache: cache).named("b")])
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
    #expect(result.names(.ignored) == ["a"])
    #expect(result.names(.failed) == ["b"])
    #expect(result.names(.skipped) == ["strict"])
    #expect(result.executedNames == ["lenient"])
  }

  @Test(arguments: BackendKind.all)
  func `each element of a list fails and is ignored on its own`(kind: BackendKind) async throws {
    let results = ForEach([1, 2, 3]) { $odd($0).ignoringFailure(default: -1) }
    let sum = $total(results)
    let result = try await Graph { sum }.run(on: kind.backend)
    #expect(try result.value(of: sum) == 3)
    #expect(result.names(.ignored).count == 1)
  }

  @Test(arguments: BackendKind.all)
  func `a node that is skipped or cancelled has no value`(kind: BackendKind) async throws {
    let skipped = node("skipped", [moody(.init(true))]).ignoringFailure(default: 1)
    let result = try await Graph { skipped }.run(on: kind.backend)
    #expect(result.names(.skipped) == ["skipped"] && result.status == .failed)
    let cancelled = node("cancelled") { _, context in
      context.cancellation.cancel()
      try context.checkCancellation()
      return 1
    }
    let other = try await Graph { cancelled.ignoringFailure(default: 1) }.run(on: kind.backend)
    #expect(other.names(.cancelled) == ["cancelled"] && other.status == .cancelled)
  }

  @Test func `only a task's failure can be ignored`() async throws {
    let list = ForEach([1]) { $odd($0) }.ignoringFailure(default: [])
    let error = await #expect(throws: PipelineError.self) { try await Graph { list }.run() }
    #expect(error?.code == .misuse)
  }

  @Test(arguments: BackendKind.all)
  func `an effect's failure can be ignored`(kind: BackendKind) async throws {
    let result = try await Graph { $failing().ignoringFailure() }.run(on: kind.backend)
    #expect(result.status == .succeeded && result.names(.ignored) == ["failing"])
  }

  @Test(arguments: BackendKind.all)
  func `a node says what its failure does to the run`(kind: BackendKind) async throws {
    let calls = Calls()
    let going = try await Graph {
      moody(.init(true)).onFailure(.keepGoing)
      (0..<30).map { node("free\($0)", calls: calls) }
    }.run(on: kind.backend)
    #expect(going.executed == 30 && going.names(.failed) == ["moody"])
    let stopping = try await Graph {
      moody(.init(true)).onFailure(.failFast)
      (0..<200).map { node("free\($0)", calls: calls) }
    }.run(on: .local, options: .with { $0.failurePolicy = .keepGoing })
    #expect(stopping.executed == 0 && stopping.names(.cancelled).count == 200)
  }

  @Test(arguments: BackendKind.all)
  func `what starts after a node starts after its ignored failure`(kind: BackendKind) async throws {
    let result = try await Graph {
      let bad = node("bad") { _, _ in throw Broken() }.ignoringFailure(default: 0)
      node("next").after(bad)
    }.run(on: kind.backend)
    #expect(result.status == .succeeded)
    #expect(result.names(.ignored) == ["bad"] && result.executedNames == ["next"])
  }

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient, .off])
  func `a run ignores failures of tasks with values of a type`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let broken = Switch(true)
    let consumer = node("consumer", [moody(broken, cache: cache)], TaskAttributes(cache: cache))
    let word = $word()
    let own = node("own", [], TaskAttributes(cache: cache)) { _, _ in throw Broken() }
    let graph = Graph {
      consumer
      word
      own.onFailure(.keepGoing)
    }
    let result = try await graph.run(
      on: kind.backend,
      options: .with {
        $0.failurePolicy = .keepGoing
        $0.ignoreFailures(default: 100)
        $0.keepingValues = [consumer.erased]
      })
    #expect(try result.value(of: consumer) == 101)
    #expect(result.names(.ignored) == ["moody"])
    #expect(Set(result.names(.failed)) == ["word", "own"])
    #expect(result.ignored.map(\.node) == ["moody"] && result.failures.count == 2)
    let strict = try await graph.run(
      on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
    #expect(Set(strict.names(.failed)) == ["moody", "word", "own"])
  }

  @Test(arguments: BackendKind.all)
  func `what a node says of its own failure stands above the run`(kind: BackendKind) async throws {
    let node = moody(.init(true)).ignoringFailure(default: 1)
    let value = try await node.value(
      on: kind.backend, options: .with { $0.ignoreFailures(default: 2) })
    #expect(value == 1)
  }

  @Test func `an element whose failure is ignored gives its place back`() async throws {
    let graph = Graph {
      ForEach([1, 2, 3, 4, 5, 6], limit: 2) { $odd($0).ignoringFailure(default: -1) }
    }
    let execution = try Execution(
      graph, on: LocalBackend(), in: .inMemory(), options: RunOptions())
    try execution.plan()
    await execution.run()
    #expect(execution.reports().count { $0.state == .ignored } == 3)
    #expect(execution.state.withLock { $0.flights.isEmpty })
  }
}

/// A flag that bodies and the test share.
private final class Switch: Sendable {
  private let flag: Mutex<Bool>
  init(_ isOn: Bool) { flag = Mutex(isOn) }
  var value: Bool {
    get { flag.withLock { $0 } }
    set { flag.withLock { $0 = newValue } }
  }
}

@Task private func odd(_ number: Int) throws -> Int {
  if number % 2 == 0 { throw Broken() }
  return number
}
@Task private func total(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }
@Task private func failing() throws { throw Broken() }
@Task private func word() throws -> String { throw Broken() }
