import Dispatch
import Millrace
import MillraceTesting
import Synchronization
import Testing

private struct Busy: Error {}

/// Time limits of nodes and attempts, on a clock that the test moves.
@Suite(.timeLimit(.minutes(10))) struct TimeoutTests {
  private let clock = ManualClock()

  private func options(_ policy: FailurePolicy = .failFast) -> RunOptions {
    .with {
      $0.clock = clock
      $0.failurePolicy = policy
    }
  }

  /// Waits until it is cancelled.
  private static func forever() async throws {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    for await _ in stream {}
    withExtendedLifetime(continuation) {}
    try Swift.Task.checkCancellation()
  }

  @Test(
    arguments: BackendKind.all, [TimeoutPolicy.seconds(2), .perAttempt(.seconds(2))])
  func `an asynchronous body is cancelled when its time is over`(
    kind: BackendKind, timeout: TimeoutPolicy
  ) async throws {
    let slow = asyncNode("slow", [], TaskAttributes(timeout: timeout)) { _, _ in
      try await Self.forever()
      return 1
    }
    async let running = Graph {
      node("behind", [slow])
      node("free")
    }.run(on: kind.backend, options: options(.keepGoing))
    await clock.sleepers(1)
    clock.advance(by: .seconds(2))
    let result = try await running
    #expect(result.names(.failed) == ["slow"])
    #expect(result.names(.skipped) == ["behind"])
    #expect(result.executedNames == ["free"])
    let failure = try #require(result.failures.first)
    #expect(failure.code == .timedOut && failure.node == "slow" && failure.attempt == 1)
    #expect((failure.cause as? TimeoutError)?.limit == .seconds(2))
    #expect((failure.cause as? TimeoutError)?.isPerAttempt == (timeout.attempt != nil))
    #expect(result.reports()[0].duration == .seconds(2))
    #expect(result.reports()[0].failedAttempts.count == 1)
  }

  @Test(arguments: BackendKind.wide)
  func `a synchronous body that does not ask is left behind, and what it returns is dropped`(
    kind: BackendKind
  ) async throws {
    let population = Population()
    let mayReturn = DispatchSemaphore(value: 0)
    let (returned, hasReturned) = AsyncStream<Void>.makeStream()
    let slow = $slowlyBoxed(
      $boxed(Constant(population)), Constant(Gate(semaphore: mayReturn, done: hasReturned)))
    async let running = Graph { $opened(slow.timeout(.seconds(1))) }
      .run(on: kind.backend, options: options())
    await clock.sleepers(1)
    clock.advance(by: .seconds(1))
    let result = try await running
    #expect(result.failures.first?.code == .timedOut)
    #expect(result.names(.skipped) == ["opened"])
    // The run is over. The body still has its input, and makes a value that nobody gets.
    #expect(population.now == 1)
    mayReturn.signal()
    for await _ in returned {}
    while population.now > 0 { await Swift.Task.yield() }
    #expect(population.made == 2)
  }

  @Test(arguments: BackendKind.all)
  func `a synchronous body learns from its context that its time is over`(
    kind: BackendKind
  ) async throws {
    let asking = node("asking", [], TaskAttributes(timeout: .seconds(1))) { _, context in
      while true { try context.checkCancellation() }
    }
    let options = options(.keepGoing)
    async let running = Graph {
      asking
      node("next")
    }.run(on: kind.backend, options: options)
    await clock.sleepers(1)
    clock.advance(by: .seconds(1))
    let result = try await running
    #expect(result.names(.failed) == ["asking"])
    #expect(result.executedNames == ["next"])
    #expect(!options.cancellation.isCancelled)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `an attempt that ran out of time is tried again, with as much time`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let attributes = TaskAttributes(retry: .times(2), timeout: .perAttempt(.seconds(1)))
    let slow =
      isAsync
      ? asyncNode("slow", [], attributes) { _, context in
        if context.attempt < 3 { try await Self.forever() }
        return context.attempt
      }
      : node("slow", [], attributes) { _, context in
        while context.attempt < 3 { try context.checkCancellation() }
        return context.attempt
      }
    let behind = node("behind", [slow])
    async let running = Graph { behind }.run(on: kind.backend, options: options())
    for _ in 0..<2 {
      await clock.sleepers(1)
      clock.advance(by: .seconds(1))
    }
    let result = try await running
    #expect(try result.value(of: behind) == 4)
    let report = result.reports()[0]
    #expect(report.attempts == 3 && report.failedAttempts.count == 2)
    #expect(report.failedAttempts.allSatisfy { $0.error is TimeoutError })
    #expect(report.failedAttempts.map(\.duration) == [.seconds(1), .seconds(1)])
  }

  @Test(arguments: BackendKind.all)
  func `the node's limit spans its attempts and waits`(kind: BackendKind) async throws {
    let retry = RetryPolicy.exponential(
      attempts: 9, initial: .seconds(2), factor: 1, maximum: .seconds(2), jitter: 0)
    let slow = asyncNode("slow", [], TaskAttributes(retry: retry)) { _, context in
      if context.attempt == 1 { throw Busy() }
      try await Self.forever()
      return 1
    }
    let graph = Graph { slow.timeout(.seconds(3), perAttempt: .seconds(5)) }
    async let running = graph.run(on: kind.backend, options: options())
    // The limit of the first attempt may be waited for, until the attempt has failed.
    await clock.sleepers(until: [.seconds(2), .seconds(3)])  // the wait and the node's limit
    clock.advance(by: .seconds(2))
    await clock.sleepers(until: [.seconds(3), .seconds(7)])  // the node's limit and the attempt's
    clock.advance(by: .seconds(1))
    let result = try await running
    let failure = try #require(result.failures.first)
    #expect(failure.code == .timedOut && failure.attempt == 2)
    #expect((failure.cause as? TimeoutError)?.isPerAttempt == false)
    #expect(result.reports()[0].duration == .seconds(3))
    #expect(clock.deadlines.isEmpty)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a node that is in time leaves no timer behind, and its value is as ever`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let store = ArtifactStore.inMemory()
    let first = node("first")
    let attributes = TaskAttributes(timeout: .node(.seconds(9), perAttempt: .seconds(3)))
    let quick =
      isAsync
      ? asyncNode("quick", [first], attributes) { inputs, _ in inputs[0] + 41 }
      : node("quick", [first], attributes) { inputs, _ in inputs[0] + 41 }
    let result = try await Graph { quick }.run(on: kind.backend, in: store, options: options())
    #expect(try result.value(of: quick) == 42)
    #expect(result.reports()[1].failedAttempts.isEmpty)
    #expect(clock.deadlines.isEmpty)
    #expect(try await Graph { quick }.run(on: kind.backend, in: store).hits == 2)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `cancelling the run cancels a body with a time limit`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let options = options()
    let attributes = TaskAttributes(retry: .times(3), timeout: .seconds(9))
    let slow =
      isAsync
      ? asyncNode("slow", [], attributes) { _, _ in
        try await Self.forever()
        return 1
      }
      : node("slow", [], attributes) { _, context in
        while true { try context.checkCancellation() }
      }
    async let running = Graph { slow }.run(on: kind.backend, options: options)
    await clock.sleepers(1)
    options.cancellation.cancel()
    let result = try await running
    #expect(result.status == .cancelled)
    #expect(result.names(.cancelled) == ["slow"])
    #expect(result.reports()[0].failedAttempts.isEmpty)
  }
}

private struct Gate: Sendable {
  let semaphore: DispatchSemaphore
  let done: AsyncStream<Void>.Continuation
}

@Task(cache: .off) private func boxed(_ population: Population) -> Alive {
  Alive(1, in: population)
}
@Task(cache: .off) private func slowlyBoxed(_ box: Alive, _ gate: Gate) -> Alive {
  gate.semaphore.wait()
  defer { gate.done.finish() }
  return Alive(box.number, in: box.population)
}
@Task(cache: .off) private func opened(_ box: Alive) -> Int { box.number }
