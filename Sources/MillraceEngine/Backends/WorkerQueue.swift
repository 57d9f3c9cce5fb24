import Dispatch

/// A worker's thread, for synchronous bodies as a queue and for asynchronous ones as an executor.
final class WorkerQueue: TaskExecutor {
  let queue: DispatchQueue
  /// Which pool the current thread works for.
  static let pool = DispatchSpecificKey<ObjectIdentifier>()

  init(label: String) { queue = DispatchQueue(label: label) }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
