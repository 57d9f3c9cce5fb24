import Foundation
import Millrace
import MillraceTesting
import Testing

@testable import MillraceEngine

private enum Trouble: Error {
  case busy
  case refused(secret: String)
}
private struct Hidden: Error, CustomStringConvertible {
  var secret: String
  var description: String { "the secret is \(secret)" }
}
private struct Spoken: Error, CustomStringConvertible {
  var description: String { "the boiler blew" }
}
private struct Bare: Error {}
private struct Posing: Error, CustomReflectable, CustomStringConvertible {
  var secret: String
  var description: String { secret }
  var customMirror: Mirror { Mirror(self, children: [(label: String?, value: Any)]()) }
}
private final class Shared: Error, CustomStringConvertible {
  let description = "secret"
}

/// What the store's log says of attempts that failed.
@Suite(.timeLimit(.minutes(10))) struct AttemptLogTests {
  private func lines(_ attempts: [AttemptRecord]) -> [String] {
    attempts.map { attempt in
      let delay = attempt.delayNanoseconds.map { ", again in \($0) ns" } ?? ""
      return "\(attempt.node) \(attempt.number): \(attempt.error)\(delay)"
    }
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a reopened store knows the attempts of each run`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let folder = try TemporaryFolder()
    let body: @Sendable ([Int], TaskContext) throws -> Int = { _, context in
      if context.attempt < 3 { throw Trouble.busy }
      return 1
    }
    let attributes = TaskAttributes(retry: .times(3))
    let flaky =
      isAsync
      ? asyncNode("flaky", [], attributes) { try body($0, $1) }
      : node("flaky", [], attributes, body: body)
    let broken = node("broken", [flaky]) { _, _ in throw Trouble.refused(secret: "tell") }
    let store = try ArtifactStore.open(at: folder.path("store"))
    let result = try await Graph { node("behind", [broken]) }.run(on: kind.backend, in: store)
    #expect(result.status == .failed)
    let second = try await Graph { flaky }.run(on: kind.backend, in: store)
    try store.close()

    let reopened = try ArtifactStore.open(at: folder.path("store"), readOnly: true)
    let attempts = reopened.failedAttempts(in: result.run)
    #expect(
      lines(attempts) == [
        "flaky 1: Trouble.busy, again in 0 ns", "flaky 2: Trouble.busy, again in 0 ns",
        "broken 1: Trouble.refused",
      ])
    let run = try #require(reopened.run(result.run))
    #expect(try #require(run.began) < attempts[0].time)
    #expect(attempts[2].time < (try #require(run.ended)))
    #expect(second.hits == 1)
    #expect(reopened.failedAttempts(in: second.run).isEmpty)
  }

  @Test func `waits and time limits are told`() async throws {
    let clock = ManualClock()
    let attributes = TaskAttributes(
      retry: .exponential(
        attempts: 2, initial: .seconds(4), factor: 2, maximum: .seconds(9), jitter: 0),
      timeout: .perAttempt(.seconds(1)))
    let slow = asyncNode("slow", [], attributes) { _, _ in
      let (stream, continuation) = AsyncStream<Void>.makeStream()
      for await _ in stream {}
      withExtendedLifetime(continuation) {}
      try Swift.Task.checkCancellation()
      return 1
    }
    let store = ArtifactStore.inMemory()
    let running = Swift.Task {
      try await Graph { slow }.run(in: store, options: .with { $0.clock = clock })
    }
    for seconds in [1, 4, 1] {
      await clock.sleepers(1)
      clock.advance(by: .seconds(seconds))
    }
    let attempts = store.failedAttempts(in: try await running.value.run)
    #expect(attempts.map(\.isTimeout) == [true, true])
    #expect(attempts.map(\.delayNanoseconds) == [4_000_000_000, nil])
    #expect(attempts[0].error.hasPrefix("an attempt may take 1.0 seconds"))
  }

  @Test(arguments: BackendKind.all)
  func `a graph that nothing is stored of has its failure in the log too`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let off = node("off", [], TaskAttributes(cache: .off)) { _, _ in throw Bare() }
    let result = try await Graph { off }.run(on: kind.backend, in: store)
    #expect(lines(store.failedAttempts(in: result.run)) == ["off 1: Bare"])
  }

  @Test func `what was cancelled has not failed`() async throws {
    let store = ArtifactStore.inMemory()
    let stopping = node("stopping", [], TaskAttributes(retry: .times(3))) { _, context in
      context.cancellation.cancel()
      throw CancellationError()
    }
    let result = try await Graph { stopping }.run(in: store)
    #expect(result.status == .cancelled)
    #expect(store.failedAttempts(in: result.run).isEmpty)
  }

  @Test func `an error with values is called by its type and case, one without speaks for itself`()
  {
    #expect(Execution.recorded(Trouble.busy) == "Trouble.busy")
    #expect(Execution.recorded(Trouble.refused(secret: "x")) == "Trouble.refused")
    #expect(Execution.recorded(Hidden(secret: "x")) == "Hidden")
    #expect(Execution.recorded(Spoken()) == "Spoken: the boiler blew")
    #expect(Execution.recorded(Bare()) == "Bare")
    #expect(Execution.recorded(Posing(secret: "x")) == "Posing")
    #expect(Execution.recorded(Shared()) == "Shared")
    #expect(
      Execution.recorded(PipelineError(.inputFile, "No file.", cause: Hidden(secret: "x")))
        == "No file.")
  }

  @Test func `a program's words are left out`() async throws {
    let store = ArtifactStore.inMemory()
    let failing = node("failing") { _, context in
      _ = try context.runProcess("sh", ["-c", "echo secret >&2; exit 3"])
      return 1
    }
    let result = try await Graph { failing }.run(in: store)
    #expect(
      lines(store.failedAttempts(in: result.run)) == ["failing 1: 'sh' exited with status 3"])
  }
}
