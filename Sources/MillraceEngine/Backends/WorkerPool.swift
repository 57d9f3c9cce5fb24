import Dispatch
import Synchronization

/// Workers on Dispatch threads that share one queue of ready jobs.
///
/// A worker is a serial Dispatch queue, because such queues get a thread each, however many cores there
/// are, where a concurrent queue's blocks would wait for one another. A worker without work holds no
/// thread, and nothing polls: who submits a job wakes an idle worker for it, unless it is a worker at
/// the end of its own job, which takes one itself.
final class WorkerPool: BackendSession {
  private struct State {
    var ready: ReadyQueue
    var idle: [WorkerQueue]
  }

  private let state: Mutex<State>

  /// - Parameter width: How many nodes run at once, at least 1; a suspended asynchronous one counts.
  init(label: String, width: Int, order: ReadyQueue.Order) {
    let workers = (0..<width).map { WorkerQueue(label: "\(label).\($0)") }
    state = Mutex(State(ready: ReadyQueue(order: order), idle: workers.reversed()))
    for worker in workers {
      worker.queue.setSpecific(key: WorkerQueue.pool, value: ObjectIdentifier(self))
    }
  }

  func submit(_ jobs: [BackendJob]) { submit(jobs, taken: 0) }

  func submitAtEnd(_ jobs: [BackendJob]) {
    // The job that ends may have run on another backend.
    let isOwn = DispatchQueue.getSpecific(key: WorkerQueue.pool) == ObjectIdentifier(self)
    submit(jobs, taken: isOwn ? 1 : 0)
  }

  /// - Parameter taken: How many jobs the calling worker will take.
  private func submit(_ jobs: [BackendJob], taken: Int) {
    let woken = state.withLock { state in
      state.ready.push(jobs)
      let count = max(0, min(state.idle.count, state.ready.count - taken))
      defer { state.idle.removeLast(count) }
      return state.idle.suffix(count)
    }
    for worker in woken.reversed() { resume(worker) }
  }

  private func resume(_ worker: WorkerQueue) {
    worker.queue.async { self.work(worker) }
  }

  /// Runs jobs until none is ready, or one goes on asynchronously and takes the worker with it.
  private func work(_ worker: WorkerQueue) {
    while let job = next(for: worker) {
      guard let rest = job.run() else { continue }
      Task(executorPreference: worker) {
        await rest()
        self.resume(worker)
      }
      return
    }
  }

  /// The next job; without one the worker is idle from then on.
  private func next(for worker: WorkerQueue) -> BackendJob? {
    state.withLock { state in
      if let job = state.ready.pop() { return job }
      state.idle.append(worker)
      return nil
    }
  }
}
