import Millrace
import MillraceTesting
import Testing

/// What goes wrong where some tasks run in another process.
@Suite(.timeLimit(.minutes(10))) struct BorderFailureTests {
  @Test(arguments: BackendKind.all)
  func `a value that cannot be encoded is found before anything runs`(
    kind: BackendKind
  ) async throws {
    let recipe = BorderRecipe(.coded)
    let events = EventRecorder()
    let error = await #expect(throws: PipelineError.self) {
      try await BorderRun.of(recipe, on: kind.backend, options: .with { $0.observers = [events] })
    }
    #expect(error?.code == .coding && error?.node == "closed")
    for word in ["'closed'", "'opened'", "'value'", "'far'", "'Closed'", "Codable", "one block"] {
      #expect(error?.message.contains(word) == true, "\(word): \(error?.message ?? "")")
    }
    #expect(events.events.isEmpty)
  }

  @Test func `a value that cannot be encoded may stay in its process`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.coded), on: nil)
    #expect(try run.numbers() == [1])
  }

  @Test func `the text of an error arrives`() async throws {
    let run = try await BorderRun.of(BorderRecipe(.failing))
    let failure = try #require(run.result.failures.first)
    #expect(run.result.status == .failed && run.result.failed == 1)
    #expect(failure.code == .taskFailed && failure.node == "failing")
    #expect(failure.message.contains("no such river"))
    #expect(failure.cause is RemoteFailure)
  }

  @Test func `attempts are made there, and not after an error that lasts`() async throws {
    let flaky = try await BorderRun.of(BorderRecipe(.flaky))
    #expect(try flaky.numbers() == [3])
    #expect(flaky.result.reports()[0].attempts == 3)
    let lasting = try await BorderRun.of(BorderRecipe(.lasting))
    #expect(lasting.result.reports()[0].attempts == 1)
    #expect(lasting.result.failures.first?.code == .taskFailed)
  }

  @Test func `another graph in the other process is refused`() async throws {
    let recipe = BorderRecipe(.chain)
    let leaf = $next("other", Block(on: FarBackend(recipe: recipe)) { $made("another/a", 1) })
    let result = try await Graph { leaf }.run()
    #expect(result.status == .failed)
    #expect(result.failures.first?.code == .remote)
    #expect(result.failures.first?.message.contains("another graph") == true)
  }

  @Test func `what is kept without being part of the graph cannot be there`() async throws {
    let recipe = BorderRecipe(.chain)
    let kept = Block(on: FarBackend(recipe: recipe)) { $made("kept/a", 1) }
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { $made("near/a", 1) }.run(
        options: .with { $0.keepingValues = [kept.erased] })
    }
    #expect(error?.code == .misuse && error?.message.contains("'made'") == true)
  }

  @Test(arguments: [FailurePolicy.failFast, .keepGoing])
  func `a process that ends takes its nodes with it`(policy: FailurePolicy) async throws {
    let process = FarProcess()
    defer { process.end() }
    let run = try await BorderRun.of(
      BorderRecipe(.dying), process: process, options: .with { $0.failurePolicy = policy })
    #expect(run.result.status == .failed)
    let failure = try #require(run.result.failures.first)
    #expect(failure.code == .remote && failure.node == "dying")
    #expect(failure.message.contains("'far'"))
    #expect(run.result.names(.failed) == ["dying"])
    #expect(run.result.names(.skipped) == ["next"])
    #expect(run.result.executedNames == ["made"])
  }

  @Test func `what was asked for and made before its process ended is there`() async throws {
    let process = FarProcess()
    defer { process.end() }
    let run = try await BorderRun.of(
      BorderRecipe(.dyingAfterwards), process: process,
      options: .with { $0.failurePolicy = .keepGoing })
    #expect(run.result.names(.failed) == ["dying"])
    #expect(run.result.names(.skipped) == ["next"])
    #expect(try run.result.value(of: run.leaves[0]).number == 1)
  }

  @Test(arguments: [BorderRecipe.Kind.waiting, .waitingAsync])
  func `cancelling the run reaches a body there`(kind: BorderRecipe.Kind) async throws {
    // The second body ends when the first one has begun.
    let cancellation = Cancellation()
    let run = try await BorderRun.of(
      BorderRecipe(kind),
      options: .with {
        $0.cancellation = cancellation
        $0.observers = [Canceller(cancellation, atEndOf: "begun")]
      })
    #expect(run.result.status == .cancelled)
    let states = Dictionary(
      uniqueKeysWithValues: run.result.reports().map { ($0.task, $0.state) })
    #expect(states["begun"] == .executed)
    #expect(states[kind == .waiting ? "waiting" : "waitingAsync"] == .cancelled)
  }

  @Test func `a run that is cancelled before a body is there starts none`() async throws {
    let cancellation = Cancellation()
    let run = try await BorderRun.of(
      BorderRecipe(.unforced),
      options: .with {
        $0.cancellation = cancellation
        // The node's limit is not what ends it, however long the other process takes to start.
        $0.clock = ManualClock()
        $0.observers = [Canceller(cancellation, atStartOf: "waiting")]
      })
    #expect(run.result.status == .cancelled)
    #expect(run.result.names(.cancelled) == ["waiting"])
  }

  @Test func `a body there that runs out of time is told to end`() async throws {
    let clock = ManualClock()
    let recipe = BorderRecipe(.unforced)
    async let running = BorderRun.of(recipe, options: .with { $0.clock = clock })
    await clock.sleepers(1)
    clock.advance(by: .seconds(5))
    let run = try await running
    #expect(run.result.failures.first?.code == .timedOut)
    #expect(run.result.names(.failed) == ["waiting"])
  }
}

/// Cancels a run at an event.
private final class Canceller: RunObserver {
  private let cancellation: Cancellation
  private let started: String?
  private let ended: String?

  init(_ cancellation: Cancellation, atStartOf started: String? = nil, atEndOf ended: String? = nil)
  {
    self.cancellation = cancellation
    self.started = started
    self.ended = ended
  }

  func receive(_ event: RunEvent) {
    switch event {
    case .nodeStarted(let start) where start.name == started: cancellation.cancel()
    case .nodeFinished(let report) where report.task == ended: cancellation.cancel()
    default: break
    }
  }
}
