import Dispatch
import MillraceGraph
import MillraceStore
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A child process, from before its start until it is reaped.
///
/// One thread runs it: it spawns, moves bytes between pipes and memory, and reaps. Any other may tell
/// it to end. Signals are sent under the lock and never after reaping, when the number may be another
/// process's.
final class ChildProcess: Sendable {
  private enum Phase {
    case waiting
    case running(pid_t)
    case reaped
  }

  private struct State {
    var phase = Phase.waiting
    var isTerminated = false
    var timer: Task<Void, Never>?
  }

  private let request: ProcessRequest
  private let log: TaskLog
  private let clock: any Clock<Duration>
  private let state = Mutex(State())

  init(_ request: ProcessRequest, log: TaskLog, clock: any Clock<Duration>) {
    self.request = request
    self.log = log
    self.clock = clock
  }

  // MARK: Running

  /// Starts the program and returns when it has ended. Called once; blocks.
  func run(until cancellation: Cancellation) throws -> ProcessOutput {
    try request.check()
    let registration = cancellation.onCancel { [weak self] in self?.terminate() }
    defer { registration.remove() }

    var streams = try start()
    defer { streams.close() }
    streams.transferUntilEnd(feeding: request.input ?? [])
    let status = reap()
    streams.drain()

    let (wasTerminated, timer) = state.withLock { ($0.isTerminated, $0.timer) }
    timer?.cancel()
    if wasTerminated { throw CancellationError() }
    guard let status else { throw failure(.lost, streams) }
    // As WIFEXITED and its like say, which are macros that Swift does not see.
    let signal = status & 0x7f
    guard signal == 0 else { throw failure(.signalled(signal), streams) }
    let code = status >> 8 & 0xff
    guard request.accepted.contains(code) else { throw failure(.exited(code), streams) }
    return ProcessOutput(
      status: code, standardOutput: streams.output.bytes,
      standardError: streams.error.lastBytes)
  }

  private func start() throws -> ChildStreams {
    do {
      let (pipes, process) = try state.withLock { state in
        if state.isTerminated { throw CancellationError() }
        let (pipes, process) = try Spawn.start(request)
        state.phase = .running(process)
        return (pipes, process)
      }
      DispatchQueue(label: "millrace.process.end").async {
        Self.awaitEnd(of: process)
        // Its reader sees the end of file.
        FileSystem.closeFile(pipes.ended.write)
      }
      return ChildStreams(pipes, log: log, capturesOutput: request.output == .captured)
    } catch let error as SystemCallError {
      throw ProcessFailure(request.name, .notStarted(error))
    }
  }

  /// Returns when a process has ended, and leaves it unreaped, so that its number stays its own.
  private static func awaitEnd(of process: pid_t) {
    var information = siginfo_t()
    while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
  }

  /// Takes the ended process off the system's table, after killing what is left of its group.
  ///
  /// - Returns: What `waitpid` says; nil if somebody else reaped it.
  private func reap() -> Int32? {
    state.withLock { state in
      guard case .running(let process) = state.phase else { return nil }
      kill(-process, SIGKILL)
      state.phase = .reaped
      var status: Int32 = 0
      while true {
        let result = waitpid(process, &status, 0)
        if result == process { return status }
        guard result < 0, errno == EINTR else { return nil }
      }
    }
  }

  private func failure(
    _ end: ProcessFailure.End, _ streams: borrowing ChildStreams
  ) -> ProcessFailure {
    ProcessFailure(request.name, end, lastLines: streams.error.lastLines(10))
  }

  // MARK: Ending

  /// Tells the process group to end, and makes it end after the grace period. May come at any time,
  /// from any thread; a process that has not started never will.
  func terminate() {
    state.withLock { state in
      guard !state.isTerminated else { return }
      if case .reaped = state.phase { return }
      state.isTerminated = true
      guard case .running(let process) = state.phase else { return }
      kill(-process, SIGTERM)
      // A stopped process hears of it only when it goes on.
      kill(-process, SIGCONT)
      state.timer = Task(executorPreference: GraceExecutor.shared) { [weak self, clock, request] in
        do { try await clock.sleep(for: request.gracePeriod) } catch { return }
        self?.forceEnd()
      }
    }
  }

  private func forceEnd() {
    state.withLock { state in
      if case .running(let process) = state.phase { kill(-process, SIGKILL) }
    }
  }
}

/// Where grace periods are waited for: not on the cooperative pool, whose threads callers may block.
private final class GraceExecutor: TaskExecutor {
  static let shared = GraceExecutor()
  private let queue = DispatchQueue(label: "millrace.process.grace")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
