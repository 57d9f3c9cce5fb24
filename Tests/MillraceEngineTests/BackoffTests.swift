import Millrace
import MillraceTesting
import Synchronization
import Testing

private struct Busy: Error {}

/// Waits between attempts, on a clock that the test moves.
@Suite(.timeLimit(.minutes(10))) struct BackoffTests {
  private let clock = ManualClock()
  private let backoff = RetryPolicy.exponential(
    attempts: 3, initial: .seconds(1), factor: 4, maximum: .seconds(60), jitter: 0)

  private func options(_ recorder: EventRecorder? = nil) -> RunOptions {
    .with {
      $0.clock = clock
      if let recorder { $0.observers = [recorder] }
    }
  }

  /// A node that fails before an attempt, with a body of either kind.
  private func flaky(
    _ name: String = "flaky", until attempt: Int, isAsync: Bool, retry: RetryPolicy? = nil
  ) -> Node<Int> {
    let attributes = TaskAttributes(retry: retry ?? backoff)
    let body: @Sendable ([Int], TaskContext) throws -> Int = { _, context in
      if context.attempt < attempt { throw Busy() }
      return context.attempt
    }
    return isAsync
      ? asyncNode(name, [], attributes) { try body($0, $1) }
      : node(name, [], attributes, body: body)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a node waits before each further attempt`(kind: BackendKind, isAsync: Bool) async throws {
    let recorder = EventRecorder()
    let node = flaky(until: 3, isAsync: isAsync)
    async let running = Graph { node }.run(on: kind.backend, options: options(recorder))
    await clock.sleepers(1)
    #expect(clock.deadlines.map(\.offset) == [.seconds(1)])
    clock.advance(by: .seconds(1))
    await clock.sleepers(1)
    #expect(clock.deadlines.map(\.offset) == [.seconds(5)])
    clock.advance(by: .seconds(4))
    let result = try await running
    #expect(try result.value(of: node) == 3)
    let report = result.reports()[0]
    #expect(report.attempts == 3 && report.duration == .seconds(5))
    #expect(report.failedAttempts.map(\.number) == [1, 2])
    #expect(report.failedAttempts.map(\.delay) == [.seconds(1), .seconds(4)])
    let delays = recorder.events.compactMap { event in
      if case .attemptFailed("flaky", _, _, let delay) = event { delay } else { nil }
    }
    #expect(delays == [.seconds(1), .seconds(4)])
    #expect(recorder.startedNames == ["flaky"])
    #expect(result.duration == .seconds(5))
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a node that waits gives its worker back`(kind: BackendKind, isAsync: Bool) async throws {
    let ran = AsyncStream<String>.makeStream()
    let graph = Graph {
      for index in 0..<8 { flaky("flaky\(index)", until: 2, isAsync: isAsync) }
      node("free") { _, _ in
        ran.continuation.yield("free")
        return 1
      }
    }
    async let running = graph.run(on: kind.backend, options: options())
    // More nodes wait than there are workers, and another runs meanwhile.
    await clock.sleepers(8)
    var iterator = ran.stream.makeAsyncIterator()
    #expect(await iterator.next() == "free")
    clock.advance(by: .seconds(1))
    #expect(try await running.executed == 9)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `cancelling the run ends a node that waits at once`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let options = options()
    let waiting = flaky(until: 9, isAsync: isAsync)
    let graph = Graph { node("behind", [waiting]) }
    async let running = graph.run(on: kind.backend, options: options)
    await clock.sleepers(1)
    options.cancellation.cancel()
    let result = try await running
    #expect(result.status == .cancelled)
    #expect(result.names(.cancelled) == ["flaky", "behind"])
    #expect(result.reports()[0].attempts == 1)
    #expect(clock.now.offset == .zero)
  }

  @Test(arguments: BackendKind.wide)
  func `a run that fails fast does not wait for another attempt`(kind: BackendKind) async throws {
    let clock = clock
    let graph = Graph {
      flaky(until: 9, isAsync: false)
      asyncNode("bad") { _, _ in
        await clock.sleepers(1)
        throw Busy()
      }
    }
    let result = try await graph.run(on: kind.backend, options: options())
    #expect(result.names(.failed) == ["bad"])
    #expect(result.names(.cancelled) == ["flaky"])
  }

  @Test(arguments: BackendKind.all)
  func `no attempt begins after the deadline`(kind: BackendKind) async throws {
    let node = flaky(until: 9, isAsync: false, retry: backoff.deadline(.seconds(4)))
    async let running = Graph { node }.run(on: kind.backend, options: options())
    await clock.sleepers(1)
    clock.advance(by: .seconds(1))
    // The next wait would end after five seconds.
    let result = try await running
    #expect(result.names(.failed) == ["flaky"])
    #expect(result.reports()[0].attempts == 2)
    #expect(result.reports()[0].failedAttempts.map(\.delay) == [.seconds(1), nil])
  }

  @Test func `an error that is not to be tried again is not`() async throws {
    struct Wrong: NotRetryable {}
    let calls = Calls()
    let wrong = node("wrong", [], TaskAttributes(retry: backoff), calls: calls) { _, _ in
      throw Wrong()
    }
    let other = node(
      "other", [], TaskAttributes(retry: .times(3).except(Busy.self)), calls: calls
    ) { _, _ in throw Busy() }
    let result = try await Graph {
      wrong
      other
    }.run(options: .with { $0.failurePolicy = .keepGoing })
    #expect(result.names(.failed) == ["wrong", "other"])
    #expect(calls.names == ["wrong", "other"])
  }

  @Test(arguments: [UInt64(1), 2])
  func `equal seeds give equal waits`(seed: UInt64) async throws {
    func delays() async throws -> [Duration?] {
      let clock = ManualClock()
      let node = flaky(until: 2, isAsync: false, retry: .exponential(attempts: 2, jitter: 1))
      async let running = Graph { node }.run(
        options: .with {
          $0.clock = clock
          $0.seed = seed
        })
      await clock.sleepers(1)
      clock.advance(by: .seconds(1))
      return try await running.reports()[0].failedAttempts.map(\.delay)
    }
    let first = try await delays()
    let second = try await delays()
    #expect(first == second)
  }

  @Test func `a task reads the run's clock`() async throws {
    let isManual = Mutex(false)
    let asking = node("asking") { _, context in
      isManual.withLock { $0 = context.clock is ManualClock }
      return 1
    }
    try await Graph { asking }.run(options: options())
    #expect(isManual.withLock { $0 })
  }
}
