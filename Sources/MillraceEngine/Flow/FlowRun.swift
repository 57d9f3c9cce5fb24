import Dispatch
import MillraceGraph
import Synchronization

/// One run of a ``Flow``: its workers, and what they share.
final class FlowRun: Sendable {
  let flow: Flow
  private let source: any TaskContextSource
  private let workers: [FlowWorker]
  /// The first of the starting nodes that nobody has taken.
  private let nextStart = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let sleeping = Atomic<Int>(0)
  private let rest = Mutex(Rest())

  typealias Fail = @Sendable (_ node: Int, _ error: any Error) -> Void

  /// - Parameter source: Makes contexts; it must outlive the run.
  init(_ flow: Flow, width: Int, source: any TaskContextSource) {
    self.flow = flow
    self.source = source
    workers = (0..<width).map { FlowWorker(number: $0) }
  }

  /// Nothing new starts from here on.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  /// Runs all nodes that can run; returns when none is left.
  ///
  /// - Parameters:
  ///   - inOrder: One after another in declaration order.
  ///   - fail: Called for each body that throws, on its worker.
  func run(inOrder: Bool, fail: @escaping Fail) async {
    if inOrder { await runInOrder(fail) } else { await runWhereReady(fail) }
  }

  private func runInOrder(_ fail: @escaping Fail) async {
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "millrace.local").async { [self] in
        let worker = workers[0]
        for node in 0..<flow.count where flow.marks[node] != Flow.constant {
          if isStopped.load(ordering: .relaxed) { break }
          if worker.hasFailed && !hasInputs(node) { continue }
          _ = perform(node, worker, fail)
        }
        continuation.resume()
      }
    }
  }

  private func hasInputs(_ node: Int) -> Bool {
    let first = Int(flow.firstInput[node])
    return (first..<first + flow.records[node].inputCount).allSatisfy { edge in
      flow.sources[edge] < 0 || flow.isDone(Int(flow.sources[edge]))
    }
  }

  private func runWhereReady(_ fail: @escaping Fail) async {
    let group = DispatchGroup()
    for worker in workers {
      DispatchQueue(label: "millrace.dispatch.\(worker.number)").async(group: group) { [self] in
        work(worker, fail)
      }
    }
    await withCheckedContinuation { continuation in
      group.notify(queue: .global()) { continuation.resume() }
    }
  }

  private func work(_ worker: FlowWorker, _ fail: Fail) {
    repeat {
      while var node = next(for: worker) {
        // What a node makes ready runs right behind it, while its inputs are at hand.
        while perform(Int(node), worker, fail), let ready = complete(Int(node), worker) {
          node = ready
          if isStopped.load(ordering: .relaxed) { break }
        }
      }
    } while waitForWork(worker)
  }

  // MARK: Finding work

  @inline(__always)
  private func next(for worker: FlowWorker) -> Int32? {
    if isStopped.load(ordering: .relaxed) { return nil }
    return worker.deque.pop() ?? nextElsewhere(worker)
  }

  private func nextElsewhere(_ worker: FlowWorker) -> Int32? {
    if let node = takeStarts(worker) { return node }
    for offset in 1..<max(1, workers.count) {
      let other = workers[(worker.number + offset) % workers.count]
      if let node = other.deque.steal() { return node }
    }
    return nil
  }

  /// Takes some of the starting nodes: many while there are many, so that taking is cheap, one by one
  /// near the end, so that nobody is left with a heap (guided self-scheduling: C. D. Polychronopoulos
  /// and D. J. Kuck, doi:10.1109/TC.1987.5009495).
  private func takeStarts(_ worker: FlowWorker) -> Int32? {
    let total = flow.starts.count
    let seen = nextStart.load(ordering: .relaxed)
    guard seen < total else { return nil }
    let share = max(1, min(64, (total - seen) / (8 * workers.count)))
    let first = nextStart.add(share, ordering: .relaxed).oldValue
    guard first < total else { return nil }
    var index = min(first + share, total) - 1
    while index > first {
      worker.deque.push(flow.starts[index])
      index -= 1
    }
    return flow.starts[first]
  }

  // MARK: Sleeping

  /// Workers that found nothing to do. A worker that is the last to find nothing ends the run, since
  /// only workers make nodes ready.
  private struct Rest {
    var sleepers: [FlowWorker] = []
    var isOver = false
  }

  /// - Returns: False when the run is over.
  private func waitForWork(_ worker: FlowWorker) -> Bool {
    if workers.count == 1 { return false }
    // Work that comes within a microsecond or two is not worth a sleep.
    for _ in 0..<200 where hasWork { return true }
    enum Decision { case goOn, sleep, end([FlowWorker]) }
    let decision = rest.withLock { rest -> Decision in
      sleeping.add(1, ordering: .sequentiallyConsistent)
      // After the count went up: who pushes later sees it, what was pushed before is seen here.
      if hasWork {
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
      worker.wake.wait()
      return !rest.withLock(\.isOver)
    }
  }

  private var hasWork: Bool {
    !isStopped.load(ordering: .relaxed)
      && (nextStart.load(ordering: .relaxed) < flow.starts.count
        || workers.contains { !$0.deque.isEmpty })
  }

  @inline(__always)
  private func offer(_ node: Int32, _ worker: FlowWorker) {
    worker.deque.push(node)
    atomicMemoryFence(ordering: .sequentiallyConsistent)
    if sleeping.load(ordering: .relaxed) > 0 { wakeOne() }
  }

  private func wakeOne() {
    let woken = rest.withLock { rest -> FlowWorker? in
      guard let sleeper = rest.sleepers.popLast() else { return nil }
      sleeping.subtract(1, ordering: .sequentiallyConsistent)
      return sleeper
    }
    woken?.wake.signal()
  }

  // MARK: One node

  /// Runs a node's body.
  ///
  /// - Returns: Whether there is a value.
  @inline(__always)
  private func perform(_ node: Int, _ worker: FlowWorker, _ fail: Fail) -> Bool {
    let record = flow.records[node]
    let first = Int(flow.firstInput[node])
    let count = record.inputCount
    let addresses = worker.addresses(count)
    for input in 0..<count {
      let source = Int(flow.sources[first + input])
      // A constant lies in the record, and so does the value of a constant's node.
      (addresses + input).initialize(
        to: source >= 0 ? UnsafeRawPointer(flow.cell(source)) : record.cell(input))
    }
    do {
      try record.pointee.definition._withUnsafeGuaranteedRef {
        try $0.callSynchronously(
          TaskInputs(cells: addresses, source: source, node: node, attempt: 1), flow.cell(node))
      }
    } catch {
      worker.hasFailed = true
      fail(node, error)
      return false
    }
    if flow.marks[node] & (Flow.dropped | Flow.dropsInputs) != 0 {
      dropInputs(of: node, from: first, count: count)
    }
    flow.missing[node] = Flow.done
    return true
  }

  /// Tells the consumers of a node that its value is there.
  ///
  /// - Returns: One that can run now, the first declared if there are several; the others are offered.
  @inline(__always)
  private func complete(_ node: Int, _ worker: FlowWorker) -> Int32? {
    var ready: Int32 = -1
    var edge = flow.firstConsumer[node]
    // The list goes from the last declared consumer to the first.
    while edge >= 0 {
      let link = flow.links[Int(edge)]
      if arrive(Int(link.consumer)) {
        if ready >= 0 { offer(ready, worker) }
        ready = link.consumer
      }
      edge = link.next
    }
    return ready >= 0 ? ready : nil
  }

  /// - Returns: Whether that was the last missing input.
  @inline(__always)
  private func arrive(_ consumer: Int) -> Bool {
    let counter = flow.missing.values + consumer
    if workers.count == 1 {
      counter.pointee -= 1
      return counter.pointee == 0
    }
    return counter.decrementAtomically() == 0
  }

  /// Destroys values that were needed for the last time.
  private func dropInputs(of node: Int, from first: Int, count: Int) {
    for edge in first..<first + count {
      let source = Int(flow.sources[edge])
      if source >= 0 && flow.marks[source] & Flow.dropped != 0 { endUse(of: source) }
    }
    if flow.marks[node] & Flow.dropped != 0 { endUse(of: node) }
  }

  private func endUse(of node: Int) {
    guard (flow.uses.values + node).decrementAtomically() == 0 else { return }
    flow.records[node].definition.output.destroy(flow.cell(node))
    flow.marks[node] |= Flow.gone
  }
}

/// One thread's part in a ``FlowRun``.
final class FlowWorker: @unchecked Sendable {
  // Used by its own thread alone, but for the deque and the semaphore.
  let number: Int
  let deque = StealingDeque()
  let wake = DispatchSemaphore(value: 0)
  var hasFailed = false
  private var scratch = Memory<UnsafeRawPointer>(capacity: 64)

  init(number: Int) { self.number = number }

  /// Room for the addresses of a body's inputs.
  @inline(__always)
  func addresses(_ count: Int) -> UnsafeMutablePointer<UnsafeRawPointer> {
    scratch.reserve(count)
    return scratch.values
  }
}

extension UnsafeMutablePointer<Int32> {
  /// - Returns: The new value.
  @inline(__always)
  fileprivate func decrementAtomically() -> Int32 {
    // An `Atomic` has the layout of its value, so plain memory can be one.
    withMemoryRebound(to: Atomic<Int32>.self, capacity: 1) {
      $0.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue
    }
  }
}
