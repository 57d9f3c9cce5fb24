import Dispatch
import Millrace
import Synchronization

/// A backend that runs nothing: a test takes the jobs that it holds, one by one.
struct HeldBackend: Backend {
  var capacity = BackendCapacity()
  let session = Session()
  var name: String { "held" }

  func makeSession() -> any BackendSession { session }

  final class Session: BackendSession {
    private let jobs = Mutex<[BackendJob]>([])
    /// Signalled once for each call of ``submit(_:)``.
    let submitted = DispatchSemaphore(value: 0)

    func submit(_ added: [BackendJob]) {
      jobs.withLock { $0 += added }
      submitted.signal()
    }

    var ranks: [Int] { jobs.withLock { $0.map(\.rank) } }
    func take(_ index: Int) -> BackendJob { jobs.withLock { $0.remove(at: index) } }
  }
}

/// Runs the pieces of asynchronous functions when a test says so, on the test's thread.
final class HeldExecutor: TaskExecutor {
  private let pieces = Mutex<[UnownedJob]>([])

  func enqueue(_ piece: consuming ExecutorJob) {
    let piece = UnownedJob(piece)
    pieces.withLock { $0.append(piece) }
  }

  /// Runs what there is to run, and what follows from it.
  func run() {
    while let piece = pieces.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) {
      piece.runSynchronously(on: asUnownedTaskExecutor())
    }
  }
}

/// A clock that stands still; who sleeps is woken by hand, in any order.
final class HeldClock: Clock {
  typealias Instant = ContinuousClock.Instant

  private struct State {
    var last = 0
    var sleepers: [Int: CheckedContinuation<Void, any Error>] = [:]
  }

  private let state = Mutex(State())
  private let start = ContinuousClock.now
  /// Signalled for each sleeper that has come.
  let come = DispatchSemaphore(value: 0)

  var now: Instant { start }
  var minimumResolution: Duration { .zero }
  /// Who sleeps, in the order in which they came.
  var sleepers: [Int] { state.withLock { $0.sleepers.keys.sorted() } }

  func sleep(until deadline: Instant, tolerance: Duration?) async throws {
    let id = state.withLock { state in
      state.last += 1
      return state.last
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let isAsleep = state.withLock { state in
          if Task.isCancelled { return false }
          state.sleepers[id] = continuation
          return true
        }
        if !isAsleep { continuation.resume(throwing: CancellationError()) }
        come.signal()
      }
    } onCancel: {
      state.withLock { $0.sleepers.removeValue(forKey: id) }?
        .resume(throwing: CancellationError())
    }
  }

  func wake(_ sleeper: Int) {
    state.withLock { $0.sleepers.removeValue(forKey: sleeper) }?.resume()
  }
}
