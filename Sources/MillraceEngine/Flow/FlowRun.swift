import Dispatch
import MillraceGraph
import Synchronization

/// One run of a ``Flow``: its workers, and what they share.
final class FlowRun: Sendable {
  let flow: Flow
  let source: any TaskContextSource
  let workers: [FlowWorker]
  /// The first of the nodes that nobody has gone through or begun to.
  let front = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  let sleeping = Atomic<Int>(0)
  let dozing = Atomic<Int>(0)
  let rest = Mutex(Rest())

  typealias Fail = @Sendable (_ node: Int, _ error: any Error) -> Void

  /// - Parameter source: Makes contexts; it must outlive the run.
  init(_ flow: Flow, width: Int, source: any TaskContextSource) {
    self.flow = flow
    self.source = source
    workers = (0..<width).map { FlowWorker(number: $0) }
  }

  /// Whether every node has a value; asked when the run is over.
  var isComplete: Bool { workers.reduce(0) { $0 + $1.performed } == flow.stepCount }

  /// Nothing new starts from here on.
  func stop() { isStopped.store(true, ordering: .relaxed) }

  @inline(__always)
  var isOver: Bool { isStopped.load(ordering: .relaxed) }

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
        for node in 0..<flow.count where !flow.isDone(node) {
          if isOver { break }
          // Only a failure leaves an input missing.
          if worker.hasFailed && firstMissing(of: node, from: 0) != nil { continue }
          if perform(node, worker, fail) { (flow.slots + node).finishAlone() }
        }
        continuation.resume()
      }
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
      while let next = next(for: worker) {
        var node = next
        // Who waited for a node runs right behind it, while its inputs are at hand.
        while perform(node, worker, fail), let ready = complete(node, worker), !isOver {
          node = ready
        }
      }
    } while waitForWork(worker)
  }

  // MARK: Finding nodes

  /// A node whose inputs are there: one that waited for them, or the next in order.
  @inline(__always)
  private func next(for worker: FlowWorker) -> Int? {
    while !isOver {
      if let node = worker.deque.pop() { return Int(node) }
      if let node = worker.range.takeFirst() {
        // A constant's node is done from the start.
        if !flow.isDone(node) && stepsUp(node, from: 0) { return node }
        continue
      }
      guard worker.isEngaged || engage(worker) else { return nil }
      if takeFront(worker) { continue }
      if let node = stealReady(worker) { return Int(node) }
      guard stealRange(worker) else { return nil }
    }
    return nil
  }

  /// Whether all inputs of a node are there; if not, the node is put in line for one.
  ///
  /// - Parameter first: The first input of which it is not known that it is there.
  @inline(__always)
  private func stepsUp(_ node: Int, from first: Int) -> Bool {
    var first = first
    while let missing = firstMissing(of: node, from: first) {
      flow.slots[node].knownInputs = missing.input
      let isWaiting = (flow.slots + missing.source).await(
        by: Int32(truncatingIfNeeded: node), flow.slots + node)
      if isWaiting { return false }
      first = missing.input + 1
    }
    return true
  }

  @inline(__always)
  private func firstMissing(of node: Int, from first: Int) -> (input: Int, source: Int)? {
    let record = flow.slots[node].record
    var input = first
    while input < record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 && !flow.isDone(source) { return (input, source) }
      input += 1
    }
    return nil
  }

  // MARK: One node

  /// Runs a node's body.
  ///
  /// - Returns: Whether there is a value.
  @inline(__always)
  private func perform(_ node: Int, _ worker: FlowWorker, _ fail: Fail) -> Bool {
    let slot = flow.slots + node
    let record = slot.pointee.record
    let count = record.inputCount
    let addresses = worker.addresses(count)
    for input in 0..<count {
      let source = flow.source(input, of: node, record)
      // A constant lies in the record.
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
    worker.performed += 1
    if slot.pointee.isConcernedByDrops { dropInputs(of: node, record) }
    return true
  }

  /// Tells those who wait for a node that its value is there.
  ///
  /// - Returns: One that can run now, the first that waited if there are several; the others are offered.
  @inline(__always)
  private func complete(_ node: Int, _ worker: FlowWorker) -> Int? {
    if workers.count == 1 {
      (flow.slots + node).finishAlone()
      return nil
    }
    var waiting = (flow.slots + node).finish()
    var ready = FlowSlot.nobody
    while waiting != FlowSlot.nobody {
      let next = flow.slots[Int(waiting)].next
      // It waited for this one input; the ones before are there, the others may be.
      if stepsUp(Int(waiting), from: flow.slots[Int(waiting)].knownInputs + 1) {
        if ready != FlowSlot.nobody { offer(ready, worker) }
        ready = waiting
      }
      waiting = next
    }
    return ready == FlowSlot.nobody ? nil : Int(ready)
  }

  /// Destroys values that were needed for the last time.
  private func dropInputs(of node: Int, _ record: UnsafePointer<NodeRecord>) {
    for input in 0..<record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 && flow.slots[source].isDropped { endUse(of: source) }
    }
    if flow.slots[node].isDropped { endUse(of: node) }
  }

  private func endUse(of node: Int) {
    guard let uses = flow.uses else { return }
    let isLast = (uses.values + node).withMemoryRebound(to: Atomic<Int32>.self, capacity: 1) {
      $0.pointee.subtract(1, ordering: .acquiringAndReleasing).newValue == 0
    }
    if isLast { flow.slots[node].record.definition.output.destroy(flow.cell(node)) }
  }
}
