import Foundation
import Millrace

// A worked example for `docs/backends.md`: a backend with one thread of its own for each run, which
// asynchronous bodies run on as well. It passes the shared suite as a member of `BackendKind.all`.

/// One node at a time, on a thread that belongs to the run: for libraries that want to be called from
/// one thread alone.
struct ThreadBackend: Backend {
  var name: String { "thread" }

  func makeSession() -> any BackendSession { ThreadSession() }
}

extension BackendReference where Self == ThreadBackend {
  static var thread: ThreadBackend { ThreadBackend() }
}

/// The run holds the session; the thread holds the loop alone, and so ends after the session.
private final class ThreadSession: BackendSession {
  private let loop = Loop()

  init() {
    let thread = Thread { [loop] in loop.run() }
    thread.name = "millrace.thread"
    thread.start()
  }

  deinit { loop.close() }

  // Called from any thread, also from inside of a job: it only puts jobs where the thread finds them.
  func submit(_ jobs: [BackendJob]) { loop.add(jobs) }
}

/// What the thread does next: pieces of the asynchronous body that is on, or else a new job.
private final class Loop: TaskExecutor, @unchecked Sendable {
  // All fields are read and written with `condition` locked.
  private let condition = NSCondition()
  private var jobs: [BackendJob] = []
  private var pieces: [UnownedJob] = []
  /// Whether an asynchronous body is on; it may be suspended, and keeps other jobs waiting.
  private var isBusy = false
  private var isClosed = false

  private enum Step {
    case piece(UnownedJob)
    case job(BackendJob)
  }

  func add(_ added: [BackendJob]) {
    change {
      // Newest first keeps few values in memory; of one call's jobs the first declared is first.
      jobs.append(contentsOf: added.reversed())
    }
  }

  func close() { change { isClosed = true } }

  func enqueue(_ piece: consuming ExecutorJob) {
    let piece = UnownedJob(piece)
    change { pieces.insert(piece, at: 0) }
  }

  private func change(_ body: () -> Void) {
    condition.withLock {
      body()
      condition.signal()
    }
  }

  /// Waits for something to do; nil when the session is gone and all is done.
  private func next() -> Step? {
    condition.withLock {
      while true {
        if let piece = pieces.popLast() { return .piece(piece) }
        if !isBusy, let job = jobs.popLast() { return .job(job) }
        if !isBusy && isClosed { return nil }
        condition.wait()
      }
    }
  }

  func run() {
    while let step = next() {
      switch step {
      case .piece(let piece): piece.runSynchronously(on: asUnownedTaskExecutor())
      case .job(let job):
        // A synchronous body has run when this returns; of an asynchronous one the rest remains.
        guard let rest = job.run() else { continue }
        condition.withLock { isBusy = true }
        Task(executorPreference: self) {
          await rest()
          self.change { self.isBusy = false }
        }
      }
    }
  }
}
