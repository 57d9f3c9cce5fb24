import Dispatch
import MillraceGraph
import Synchronization

/// One run of a ``Flow``: its workers, and what they share.
final class FlowRun: Sendable {
  let flow: Flow
  let source: any TaskContextSource
  /// Nil where nothing is stored.
  private let records: FlowRecords?
  /// Nil where nobody watches.
  let watch: FlowWatch?
  /// Gives what is stored its name.
  let naming: any NodeNaming
  let names: FlowNames?
  let workers: [FlowWorker]
  private let isInOrder: Bool
  /// The first of the nodes that nobody has gone through or begun to.
  let front = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let tasks = Mutex(Tasks())
  let sleeping = Atomic<Int>(0)
  /// Whether a worker looks from time to time if the others need help.
  let hasLookout = Atomic<Bool>(false)
  /// Wakes the lookout before its time.
  let alarm = DispatchSemaphore(value: 0)
  let rest = Mutex(Rest())

  typealias Fail = @Sendable (_ node: Int, _ error: any Error, _ isOfBody: Bool) -> Void

  /// - Parameters:
  ///   - label: What the workers' threads are called.
  ///   - width: How many workers there are.
  ///   - isInOrder: Whether nodes run one after another in declaration order.
  ///   - source: Makes contexts; it must outlive the run.
  ///   - watch: Is told what happens.
  init(
    _ flow: Flow, _ records: FlowRecords?, _ names: FlowNames?, label: String, width: Int,
    isInOrder: Bool, source: any TaskContextSource & NodeNaming, watch: FlowWatch?
  ) {
    self.flow = flow
    self.records = records
    self.names = names
    naming = source
    self.source = source
    self.watch = watch
    self.isInOrder = isInOrder
    workers = (0..<width).map { FlowWorker(number: $0, label: "\(label).\($0)") }
  }

  /// Whether every node has a value; asked when the run is over.
  var isComplete: Bool {
    workers.reduce(records?.settledCount ?? 0) { $0 + $1.performed } == flow.stepCount
  }

  /// Nothing new starts from here on.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  @inline(__always)
  var isOver: Bool { isStopped.load(ordering: .relaxed) }

  /// Nothing new starts, and bodies that are suspended are told.
  func cancel() {
    stop()
    tasks.withLock { tasks in
      tasks.areCancelled = true
      for task in tasks.running { task.cancel() }
    }
  }

  /// Runs all nodes that can run; returns when none is left.
  ///
  /// - Parameter fail: Called for each body that throws, on its worker, and for each value that cannot be
  ///   stored.
  func run(fail: @escaping Fail) async {
    if let records, records.settledCount == flow.stepCount { return }
    defer { for worker in workers { worker.endSaving() } }
    if flow.hasAsynchronousBodies { return await runInTasks(fail) }
    let group = DispatchGroup()
    for worker in workers {
      worker.thread.queue.async(group: group) { [self] in _ = work(worker, nil, fail) }
    }
    await withCheckedContinuation { continuation in
      group.notify(queue: .global()) { continuation.resume() }
    }
  }

  private struct Tasks {
    var running: [Task<Void, Never>] = []
    var areCancelled = false
  }

  /// Runs each worker in a task, which asynchronous bodies suspend. A task for each body would cost
  /// several microseconds.
  private func runInTasks(_ fail: @escaping Fail) async {
    let running = tasks.withLock { tasks in
      tasks.running = workers.map { worker in
        Task.detached(executorPreference: worker.thread) { [self] in
          var ready: Int?
          while let node = work(worker, ready, fail) {
            ready = await awaitBody(of: node, worker, fail) ? complete(node, worker) : nil
          }
        }
      }
      if tasks.areCancelled { for task in tasks.running { task.cancel() } }
      return tasks.running
    }
    for task in running { await task.value }
  }

  /// Runs nodes until none is left, or one is asynchronous.
  ///
  /// - Parameter first: A node that can run now.
  /// - Returns: The node whose body is to be awaited; nil if the run is over.
  private func work(_ worker: FlowWorker, _ first: Int?, _ fail: Fail) -> Int? {
    var ready = first
    repeat {
      while !isOver, let node = ready ?? next(for: worker) {
        if (flow.slots + node).isAsynchronous { return node }
        // Who waited for a node runs right behind it, while its inputs are at hand.
        ready = perform(node, worker, fail) ? complete(node, worker) : nil
      }
      ready = nil
    } while waitForWork(worker)
    return nil
  }

  // MARK: Finding nodes

  /// A node whose inputs are there: one that waited for them, or the next in order.
  @inline(__always)
  private func next(for worker: FlowWorker) -> Int? {
    while !isOver {
      if let node = worker.deque.pop() { return Int(node) }
      if let node = worker.range.takeFirst() {
        // A constant's node is done from the start.
        if !flow.isDone(node) && claim(node) && stepsUp(node, from: 0) { return node }
        continue
      }
      guard worker.isEngaged || engage(worker) else { return nil }
      if takeFront(worker) { continue }
      if let node = stealReady(worker) { return Int(node) }
      guard stealRange(worker) else { return nil }
    }
    return nil
  }

  /// Whether a node is left to the worker that comes to it in order: it may have run behind an input.
  @inline(__always)
  private func claim(_ node: Int) -> Bool {
    guard (flow.slots + node).dropsInputs, let drops = flow.drops else { return true }
    return drops.claim(node)
  }

  /// Whether all inputs of a node are there; if not, the node is put in line for one.
  ///
  /// - Parameter first: The first input of which it is not known that it is there.
  @inline(__always)
  private func stepsUp(_ node: Int, from first: Int) -> Bool {
    var first = first
    while let missing = firstMissing(of: node, from: first) {
      (flow.slots + node).knownInputs = missing.input
      let isWaiting = (flow.slots + missing.source).await(
        by: Int32(truncatingIfNeeded: node), flow.slots + node)
      if isWaiting { return false }
      first = missing.input + 1
    }
    return true
  }

  @inline(__always)
  private func firstMissing(of node: Int, from first: Int) -> (input: Int, source: Int)? {
    let record = (flow.slots + node).record
    var input = first
    while input < record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 && !flow.isDone(source) { return (input, source) }
      input += 1
    }
    return nil
  }

  // MARK: One node

  /// What a node's body is handed.
  @inline(__always)
  func inputs(
    of node: Int, _ record: UnsafePointer<NodeRecord>, _ worker: FlowWorker
  ) -> TaskInputs {
    let count = record.inputCount
    let addresses = worker.addresses(count)
    for input in 0..<count {
      let source = flow.source(input, of: node, record)
      // A constant lies in the record.
      (addresses + input).initialize(
        to: source >= 0 ? UnsafeRawPointer(flow.cell(source)) : record.cell(input))
    }
    return TaskInputs(cells: addresses, source: source, node: node, attempt: 1)
  }

  /// Runs a node's synchronous body.
  ///
  /// - Returns: Whether there is a value.
  @inline(__always)
  private func perform(_ node: Int, _ worker: FlowWorker, _ fail: Fail) -> Bool {
    if let records { return performStored(node, records, worker, fail) }
    let record = (flow.slots + node).record
    let start = begin(node, record)
    do {
      try record.pointee.definition._withUnsafeGuaranteedRef {
        try $0.callSynchronously(inputs(of: node, record, worker), flow.cell(node))
      }
    } catch {
      note(error, of: node, since: start, fail)
      return false
    }
    noteValue(of: node, since: start, worker)
    return true
  }

  /// Runs a node's asynchronous body.
  ///
  /// - Returns: Whether there is a value.
  private func awaitBody(of node: Int, _ worker: FlowWorker, _ fail: Fail) async -> Bool {
    let record = (flow.slots + node).record
    guard case .async(let body) = record.definition.body else { return false }
    if let records {
      return await performStored(node, records, worker, awaiting: body, fail)
    }
    let start = begin(node, record)
    do {
      try await body(inputs(of: node, record, worker), flow.cell(node))
    } catch {
      note(error, of: node, since: start, fail)
      return false
    }
    noteValue(of: node, since: start, worker)
    return true
  }

  /// Tells that a node begins.
  ///
  /// - Returns: When it did; nil where nobody is told of it.
  @inline(__always)
  private func begin(_ node: Int, _ record: UnsafePointer<NodeRecord>) -> UInt64? {
    guard let watch, record.isTask else { return nil }
    return watch.begin(node)
  }

  private func note(_ error: any Error, of node: Int, since start: UInt64?, _ fail: Fail) {
    if let watch, let start { watch.fail(node, since: start) }
    fail(node, error, true)
  }

  @inline(__always)
  private func noteValue(of node: Int, since start: UInt64?, _ worker: FlowWorker) {
    if let watch, let start { watch.end(node, since: start) }
    worker.performed += 1
    if (flow.slots + node).isConcernedByDrops { dropInputs(of: node) }
  }

  /// Says that a node's value is there.
  ///
  /// - Returns: A node that can run now, of those that waited for it or are to destroy it; others are
  ///   offered.
  @inline(__always)
  private func complete(_ node: Int, _ worker: FlowWorker) -> Int? {
    var waiting = FlowSlot.nobody
    if workers.count == 1 && records == nil {
      (flow.slots + node).finishAlone()
    } else {
      waiting = (flow.slots + node).finish()
    }
    var ready = FlowSlot.nobody
    if (flow.slots + node).isDropped && !isInOrder { takeUpConsumers(of: node, &ready, worker) }
    while waiting != FlowSlot.nobody {
      let next = flow.slots[Int(waiting)].next
      // It waited for this one input; the ones before are there, the others may be.
      if stepsUp(Int(waiting), from: (flow.slots + Int(waiting)).knownInputs + 1) {
        if ready != FlowSlot.nobody { offer(ready, worker) }
        ready = waiting
      }
      waiting = next
    }
    return ready == FlowSlot.nobody ? nil : Int(ready)
  }

  /// Takes up the nodes that take a value and can run, so that it is soon destroyed.
  private func takeUpConsumers(of node: Int, _ ready: inout Int32, _ worker: FlowWorker) {
    guard let drops = flow.drops else { return }
    drops.publish(node) { consumer in
      // What is stored may have been known before.
      guard firstMissing(of: Int(consumer), from: 0) == nil, !flow.isDone(Int(consumer)),
        drops.claim(Int(consumer))
      else { return }
      if ready != FlowSlot.nobody { offer(ready, worker) }
      ready = consumer
    }
  }

  /// Destroys values that were needed for the last time.
  private func dropInputs(of node: Int) {
    let record = (flow.slots + node).record
    for input in 0..<record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 && (flow.slots + source).isDropped { endUse(of: source) }
    }
    if (flow.slots + node).isDropped { endUse(of: node) }
  }

  private func endUse(of node: Int) {
    guard flow.drops?.release(node) == true else { return }
    (flow.slots + node).record.definition.output.destroy(flow.cell(node))
  }
}
