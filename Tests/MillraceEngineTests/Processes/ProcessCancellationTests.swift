import Foundation
import Millrace
import MillraceTesting
import Synchronization
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite(.timeLimit(.minutes(10))) struct ProcessCancellationTests {
  /// Says `ready` and its number, and waits for ever, deaf to SIGTERM.
  private static let deaf = "trap '' TERM; echo ready $$ >&2; while :; do sleep 1000 & wait; done"
  private static let obedient = "echo ready $$ >&2; sleep 1000"

  /// The process of a line `ready <number>`.
  private func process(in line: String?) throws -> pid_t {
    try #require(line?.split(separator: " ").last.flatMap { pid_t($0) })
  }

  /// Whether the process, or anything of its group, exists, be it as a zombie of ours.
  private func exists(_ process: pid_t) -> Bool { kill(process, 0) == 0 }

  @Test func `a cancelled program that obeys is gone when the call throws`() async throws {
    let log = LogRecorder()
    let clock = ManualClock()
    let context = TaskContext.testing(clock: clock, log: log.log)
    let running = Swift.Task { try await context.process("sh", ["-c", Self.obedient]) }
    let process = try process(in: await log.next())
    context.cancellation.cancel()
    await #expect(throws: CancellationError.self) { _ = try await running.value }
    #expect(!exists(process))
    #expect(context.cancellation.handlerCount == 0)
  }

  @Test func `one that ignores SIGTERM is killed when its grace is over, and not before`()
    async throws
  {
    let log = LogRecorder()
    let clock = ManualClock()
    let context = TaskContext.testing(clock: clock, log: log.log)
    let running = Swift.Task {
      try await context.process("sh", ["-c", Self.deaf], gracePeriod: .seconds(9))
    }
    let process = try process(in: await log.next())
    context.cancellation.cancel()
    await clock.sleepers(1)
    clock.advance(by: .seconds(8))
    #expect(clock.deadlines.count == 1)
    #expect(exists(process))
    clock.advance(by: .seconds(1))
    await #expect(throws: CancellationError.self) { _ = try await running.value }
    #expect(!exists(process))
  }

  @Test func `cancelling the Swift task ends the program too`() async throws {
    let log = LogRecorder()
    let clock = ManualClock()
    let context = TaskContext.testing(clock: clock, log: log.log)
    let running = Swift.Task { try await context.process("sh", ["-c", Self.obedient]) }
    let process = try process(in: await log.next())
    running.cancel()
    await #expect(throws: CancellationError.self) { _ = try await running.value }
    #expect(!exists(process))
    #expect(context.cancellation.handlerCount == 0)
  }

  @Test(arguments: Spelling.allCases)
  func `a program does not start once the run is cancelled`(spelling: Spelling) async throws {
    let folder = try TemporaryFolder()
    let context = TaskContext.testing()
    context.cancellation.cancel()
    await #expect(throws: CancellationError.self) {
      try await spelling.run(context, "touch", [folder.path("begun")])
    }
    #expect(folder.files().isEmpty)
  }

  @Test func `what a program leaves running in its group ends with it`() throws {
    let output = try TaskContext.testing().runProcess("sh", ["-c", "sleep 1000 & echo $!"])
    let process = try #require(
      pid_t(output.text.trimmingCharacters(in: .whitespacesAndNewlines)))
    // It has been killed, which takes effect on its own time; then it is the system's to reap. The
    // suite's time limit ends this loop if it was not.
    while let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) {
      if status.split(separator: ")").last?.hasPrefix(" Z") == true { break }
    }
  }

  @Test func `a finished program leaves no handler, no timer and no zombie`() async throws {
    let clock = ManualClock()
    let context = TaskContext.testing(clock: clock)
    for _ in 0..<20 { _ = try await context.process("true") }
    #expect(context.cancellation.handlerCount == 0)
    #expect(clock.deadlines.count == 0)
    context.cancellation.cancel()
    #expect(clock.deadlines.count == 0)
  }

  @Test(arguments: BackendKind.all, Spelling.allCases)
  func `cancelling a run ends its programs, and nodes end as cancelled`(
    kind: BackendKind, spelling: Spelling
  ) async throws {
    let log = LogRecorder()
    let clock = ManualClock()
    let options = RunOptions()
    @Sendable func standing(_ context: TaskContext) -> TaskContext {
      var context = context
      context.clock = clock
      context.log = log.log
      return context
    }
    let waiting =
      switch spelling {
      case .async:
        asyncNode("waiting") { _, context in
          _ = try await standing(context).process("sh", ["-c", Self.deaf])
          return 1
        }
      case .sync:
        node("waiting") { _, context in
          _ = try standing(context).runProcess("sh", ["-c", Self.deaf])
          return 1
        }
      }
    let graph = Graph { node("behind", [waiting]) }
    let running = Swift.Task { try await graph.run(on: kind.backend, options: options) }
    let process = try process(in: await log.next())
    options.cancellation.cancel()
    await clock.sleepers(1)
    clock.advance(by: .seconds(5))
    let result = try await running.value
    #expect(result.status == .cancelled)
    #expect(result.names(.cancelled) == ["waiting", "behind"])
    #expect(!exists(process))
    #expect(options.cancellation.handlerCount == 0)
  }

  @Test func `a handler that was taken back is not called`() {
    let cancellation = Cancellation()
    let calls = Mutex<[Int]>([])
    let first = cancellation.onCancel { calls.withLock { $0.append(1) } }
    cancellation.onCancel { calls.withLock { $0.append(2) } }
    cancellation.onCancel { calls.withLock { $0.append(3) } }
    first.remove()
    first.remove()
    cancellation.cancel()
    #expect(calls.withLock { $0 } == [2, 3])
  }
}
