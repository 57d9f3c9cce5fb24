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

    func submit(_ added: [BackendJob]) { jobs.withLock { $0 += added } }
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
