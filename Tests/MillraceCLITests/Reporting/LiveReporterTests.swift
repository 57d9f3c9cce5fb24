import Dispatch
import MillraceCLI
import Synchronization
import Testing

@testable import MillraceCLI
@testable import MillraceEngine

private let bodies = Mutex<[String: @Sendable () -> Void]>([:])

/// Does what a test wants done while it runs.
@Task(cache: .off) private func act(_ scope: String, context: TaskContext) -> Int {
  bodies.withLock { $0[scope] }?()
  return 1
}

@Suite(.timeLimit(.minutes(3))) struct LiveReporterTests {
  /// A terminal, a clock that a test moves, and a way to wait for what appears.
  private final class Stage: Sendable {
    private struct State {
      var screen = TerminalScreen(columns: 80, rows: 24)
      var time: Duration = .zero
      var awaited: String?
      var captured: (@Sendable ([UInt8]) -> Void)?
    }

    private let state = Mutex(State())
    private let appeared = DispatchSemaphore(value: 0)
    let gauge = RunGauge()
    let cancellation = Cancellation()

    var screen: TerminalScreen { state.withLock(\.screen) }

    func move(to time: Duration) { state.withLock { $0.time = time } }

    /// What a task prints.
    func print(_ text: String) {
      let captured = state.withLock(\.captured)
      captured?(Array(text.utf8))
    }

    /// Blocks until a text stands on the screen; a text that never comes fails the test, and does not
    /// hang it.
    func wait(for text: String) {
      let isThere = state.withLock { state in
        let isThere = state.screen.lines.contains { $0.contains(text) }
        state.awaited = isThere ? nil : text
        return isThere
      }
      guard !isThere else { return }
      #expect(appeared.wait(timeout: .now() + 120) == .success, "\(text): \(screen.lines)")
    }

    func reporter(_ detail: ReportingOptions.Detail = .normal) -> LiveReporter {
      let terminal = Terminal(
        size: { [self] in screen.size },
        capture: { [self] receive in
          state.withLock { $0.captured = receive }
          return { [self] in state.withLock { $0.captured = nil } }
        })
      let console = Console(isTerminal: true, terminal: terminal) {
        [self] _, bytes throws(Console.Failure) in
        state.withLock { state in
          state.screen.feed(bytes.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] })
          guard let text = state.awaited,
            state.screen.lines.contains(where: { $0.contains(text) })
          else { return }
          state.awaited = nil
          appeared.signal()
        }
      }
      return LiveReporter(
        console, on: terminal, detail: detail, gauge: gauge, cancellation: cancellation
      ) { [self] in state.withLock(\.time) }
    }
  }

  private let stage = Stage()

  /// Runs a graph of which one node does something.
  private func run(
    _ scope: String, _ graph: Graph, reporter: LiveReporter,
    body: @escaping @Sendable () -> Void
  ) async throws {
    bodies.withLock { $0[scope] = body }
    var options = RunOptions()
    options.pipeline = "demo"
    options.observers = [reporter]
    options.gauge = stage.gauge
    options.cancellation = stage.cancellation
    reporter.begin()
    reporter.finish(try await graph.run(on: .local, options: options))
    #expect(stage.screen.isCursorVisible)
    #expect(stage.screen.unknown.isEmpty)
  }

  @Test func `a known duration tells what is left, and time runs down`() async throws {
    let stage = stage
    let reporter = stage.reporter()
    reporter.knowDurations { ["demo/act": .seconds(40)][$0] }
    try await run("left", Graph { $act("left") }, reporter: reporter) {
      // The event must have come before the estimate is made. The body began now, or before.
      stage.move(to: .milliseconds(500))
      stage.wait(for: "0/1  1 running  0 s")
      stage.move(to: .seconds(10))
      stage.wait(for: "0/1  1 running  10 s, about 30 s left")
      stage.move(to: .milliseconds(10_600))
      stage.wait(for: "10 s, about 29 s left")
      stage.move(to: .seconds(35))
      stage.wait(for: "35 s, about 5 s left")
      // Longer than expected, and then much longer.
      stage.move(to: .seconds(50))
      stage.wait(for: "1 running  50 s")
    }
    #expect(stage.screen.transcript.count == 2)
  }

  @Test func `nothing is shown of the beginning, and the end is said`() async throws {
    let stage = stage
    let reporter = stage.reporter()
    try await run("end", Graph { $act("end") }, reporter: reporter) {
      stage.move(to: .milliseconds(199))
      stage.print("printed\n")
      #expect(stage.screen.isCursorVisible)
      #expect(stage.screen.transcript == ["printed"])
      stage.move(to: .milliseconds(200))
      stage.wait(for: "0/1  1 running  0 s")
      #expect(!stage.screen.isCursorVisible)
      stage.cancellation.cancel()
      stage.wait(for: "ending  0/1")
    }
    #expect(stage.screen.transcript.first == "printed")
  }

  @Test func `before the run has begun it is planned`() {
    let reporter = stage.reporter()
    reporter.begin()
    stage.move(to: .seconds(3))
    stage.wait(for: "planning  3 s")
    reporter.warn(StoreWarning(.unreadableArtifact, "Something is wrong."))
    reporter.warn(StoreWarning(.unreadableArtifact, "!"))
    let warnings = ["Something is wrong.", "!"].map { "Warning: \($0)" }
    #expect(stage.screen.lines == warnings + ["", "planning  3 s"])
    reporter.abort(PipelineError(.misuse, "It cannot begin."), after: .seconds(3))
    #expect(stage.screen.lines.last == "Error: It cannot begin.")
    #expect(stage.screen.isCursorVisible)
    // Nobody draws any more.
    reporter.end()
    #expect(stage.screen.lines.count == 3)
  }
}
