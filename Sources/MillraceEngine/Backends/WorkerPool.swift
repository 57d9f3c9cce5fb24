import Dispatch
import Synchronization

/// Workers on Dispatch threads that share one queue of ready jobs.
///
/// A worker is a serial Dispatch queue, because such queues get a thread each, however many cores there
/// are, where a concurrent queue's blocks would wait for one another. A worker without work holds no
/// thread, and nothing polls: who submits a job wakes an idle worker for it.
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
  }

  func submit(_ jobs: [BackendJob]) {
    let woken = state.withLock { state in
      state.ready.push(jobs)
      let count = min(state.idle.count, state.ready.count)
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
