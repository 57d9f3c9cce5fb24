import Dispatch
import MillraceGraph
import Synchronization

// How workers share nodes, and sleep where there are none.
extension FlowRun {
  // MARK: Taking

  /// Takes some nodes of the front: many while there are many, so that taking is cheap, one by one
  /// near the end, so that nobody is left with a heap (guided self-scheduling: C. D. Polychronopoulos
  /// and D. J. Kuck, doi:10.1109/TC.1987.5009495).
  ///
  /// - Returns: Whether there were any.
  func takeFront(_ worker: FlowWorker) -> Bool {
    let seen = front.load(ordering: .relaxed)
    guard seen < flow.count else { return false }
    let share = max(1, min(64, (flow.count - seen) / (8 * workers.count)))
    let first = front.add(share, ordering: .relaxed).oldValue
    guard first < flow.count else { return false }
    fill(worker, first..<min(first + share, flow.count))
    return true
  }

  /// A node that another worker has made ready.
  func stealReady(_ worker: FlowWorker) -> Int32? {
    for other in others(than: worker) {
      if let node = other.deque.steal() { return node }
    }
    return nil
  }

  /// Takes nodes that another worker has not come to.
  func stealRange(_ worker: FlowWorker) -> Bool {
    for other in others(than: worker) {
      let range = other.range.steal()
      if !range.isEmpty {
        fill(worker, range)
        return true
      }
    }
    return false
  }

  /// Gives a worker nodes to go through. On their way they were seen by nobody, so others may have gone
  /// to sleep for want of them.
  private func fill(_ worker: FlowWorker, _ range: Range<Int>) {
    worker.range.fill(range)
    if range.count > 1 { wakeSleeper() }
  }

  private func others(than worker: FlowWorker) -> some Sequence<FlowWorker> {
    (1..<max(1, workers.count)).lazy.map { [workers] offset in
      workers[(worker.number + offset) % workers.count]
    }
  }

  // MARK: Joining

  /// How fast nodes must be finished for one worker to do it alone, in nanoseconds. Where nodes take
  /// 20 ns, two workers are no faster than one, since each reads what the other has just written.
  private static let shortNode = 150

  /// Waits until there is something that is worth to be shared: nodes that the others do not finish as
  /// fast as they could hand them over. One worker at a time is the lookout; when it joins the others, it
  /// wakes the next.
  ///
  /// - Returns: False if there is nothing to do, or another is the lookout.
  func engage(_ worker: FlowWorker) -> Bool {
    guard !hasLookout.exchange(true, ordering: .sequentiallyConsistent) else { return false }
    var isFirstLook = true
    while hasWork {
      let begin = DispatchTime.now().uptimeNanoseconds
      let seen = front.load(ordering: .relaxed)
      if isFirstLook {
        // Short, for the sake of graphs of few and long nodes.
        while DispatchTime.now().uptimeNanoseconds - begin < 5_000 && !isOver {}
      } else {
        _ = alarm.wait(timeout: .now() + .microseconds(100))
      }
      isFirstLook = false
      let finished = front.load(ordering: .relaxed) - seen
      if DispatchTime.now().uptimeNanoseconds - begin > UInt64(finished * Self.shortNode) {
        worker.isEngaged = true
        break
      }
    }
    hasLookout.store(false, ordering: .sequentiallyConsistent)
    if worker.isEngaged { wakeSleeper() }
    return worker.isEngaged
  }

  // MARK: Sleeping

  /// Workers that found nothing to do. A worker that is the last to find nothing ends the run, since
  /// only workers make nodes ready.
  struct Rest {
    var sleepers: [FlowWorker] = []
    var isOver = false
  }

  /// - Returns: False when the run is over.
  func waitForWork(_ worker: FlowWorker) -> Bool {
    if workers.count == 1 { return false }
    // Work that comes within a microsecond or two is not worth a sleep.
    for _ in 0..<200 where hasWork(for: worker) { return true }
    worker.isEngaged = false
    enum Decision { case goOn, sleep, end([FlowWorker]) }
    let decision = rest.withLock { rest -> Decision in
      sleeping.add(1, ordering: .sequentiallyConsistent)
      // After the count went up: who pushes later sees it, what was pushed before is seen here.
      if hasWork(for: worker) {
        sleeping.subtract(1, ordering: .sequentiallyConsistent)
        return .goOn
      }
      if rest.sleepers.count + 1 == workers.count {
        rest.isOver = true
        return .end(rest.sleepers)
      }
      rest.sleepers.append(worker)
      return .sleep
    }
    switch decision {
    case .goOn: return true
    case .end(let sleepers):
      for sleeper in sleepers { sleeper.wake.signal() }
      return false
    case .sleep:
      // The lookout must see that nothing is left, or the run's end waits for it.
      if hasLookout.load(ordering: .sequentiallyConsistent) { alarm.signal() }
      worker.wake.wait()
      return !rest.withLock(\.isOver)
    }
  }

  private var hasWork: Bool {
    !isOver
      && (front.load(ordering: .relaxed) < flow.count
        || workers.contains { !$0.deque.isEmpty || !$0.range.isEmpty })
  }

  /// Work that a lookout sees is not for others, until it joins in and wakes them.
  private func hasWork(for worker: FlowWorker) -> Bool {
    hasWork && (worker.isEngaged || !hasLookout.load(ordering: .sequentiallyConsistent))
  }

  @inline(__always)
  func offer(_ node: Int32, _ worker: FlowWorker) {
    worker.deque.push(node)
    wakeSleeper()
  }

  @inline(__always)
  private func wakeSleeper() {
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    guard sleeping.load(ordering: .relaxed) > 0 else { return }
    if !hasLookout.load(ordering: .sequentiallyConsistent) { wakeOne() }
  }

  private func wakeOne() {
    let woken = rest.withLock { rest -> FlowWorker? in
      guard let sleeper = rest.sleepers.popLast() else { return nil }
      sleeping.subtract(1, ordering: .sequentiallyConsistent)
      return sleeper
    }
    woken?.wake.signal()
  }
}
