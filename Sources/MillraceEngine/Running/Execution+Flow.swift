import MillraceGraph
import MillraceStore
import Synchronization

/// What an execution keeps of a run that goes the short way.
final class FlowPart: Sendable {
  let flow: Flow
  let backend: any Backend
  /// How many threads there are for it.
  let width: Int
  private let keys: FlowKeys?
  /// Nil where nothing is stored.
  let records: FlowRecords?
  /// Nil where nobody needs a name before the end, or the state has to make them.
  let names: FlowNames?
  /// Nil where nobody watches.
  let watch: FlowWatch?
  private let longWay: @Sendable () -> RunState
  private let hasLeft = Atomic<Bool>(false)
  private let ending = Mutex(Ending())
  /// The leaves of a graph whose state is made when something asks for it, such as a report or a
  /// context: most runs end without.
  private let postponed: Mutex<[AnyNode]?>

  private struct Ending {
    var failed: Set<Int> = []
    var isComplete = false
    /// What ran and what was found, where values are stored.
    var executed = 0
    var hits = 0
    /// What the workers found out to name nodes.
    var identities: [FlowIdentities] = []
    /// Whether the state knows nothing of the run yet.
    var isNews = false
    /// Whether the state knows the keys.
    var hasGivenKeys = false
  }

  /// - Parameters:
  ///   - longWay: Makes the state of the same run as it begins the long way.
  ///   - leaves: Given if there is no state yet.
  ///   - roles: The nodes' roles; nil where their tasks say them.
  /// - Returns: Nil if the keys of the nodes need more than a ``Flow``; see ``FlowKeys`` and
  ///   ``FlowRecords``.
  init?(
    _ flow: Flow, on backend: any Backend, _ run: Execution.Beginning,
    longWay: @escaping @Sendable () -> RunState, stateOf leaves: [AnyNode]? = nil,
    roles: [Role]? = nil
  ) throws {
    width = (backend as? DispatchBackend)?.width ?? 1
    if flow.hasKeys {
      let keys = try FlowKeys(
        flow, run.keyMaker, roles: roles, check: run.options.checkPlanning)
      guard let keys else { return nil }
      self.keys = keys
    } else {
      keys = nil
    }
    if flow.isStored {
      let records = try FlowRecords(flow, for: run, width: width, check: run.options.checkPlanning)
      guard let records else { return nil }
      self.records = records
    } else {
      records = nil
    }
    names = flow.isStored && flow.arena != nil ? FlowNames(flow) : nil
    self.flow = flow
    self.backend = backend
    self.longWay = longWay
    watch = run.events.isObserved ? FlowWatch(run.events, run.clock, count: flow.count) : nil
    postponed = Mutex(leaves)
  }

  static func canRun(on backend: any Backend) -> Bool {
    backend is DispatchBackend || backend is LocalBackend
  }

  /// A run, with as many workers as the backend has.
  func run(for source: any TaskContextSource & NodeNaming) -> FlowRun {
    let isLocal = !(backend is DispatchBackend)
    return FlowRun(
      flow, records, names, label: isLocal ? "millrace.local" : "millrace.dispatch", width: width,
      isInOrder: isLocal, source: source, watch: watch)
  }

  func fail(_ node: Int) { ending.withLock { _ = $0.failed.insert(node) } }

  /// Whether a node's body returned, or threw for a reason of its own.
  func hasEnded(_ node: Int) -> Bool {
    flow.isDone(node) || ending.withLock { $0.failed.contains(node) }
  }

  func end(_ run: FlowRun) {
    ending.withLock {
      $0.isComplete = run.isComplete
      $0.isNews = true
      $0.identities = run.workers.compactMap { $0.namer?.identities }
      $0.executed = run.workers.reduce(0) { $0 + $1.executed }
      $0.hits = run.workers.reduce(records?.settledHits.count ?? 0) { $0 + $1.hits }
    }
  }

  /// Whether every node has run or was found.
  var isComplete: Bool { ending.withLock { $0.isComplete } }

  var knownIdentities: [FlowIdentities] { ending.withLock { $0.identities } }

  /// Whether something is to run, for all that is known before the run.
  var hasWork: Bool { records?.hasWork ?? true }

  /// Whether the run went on without this.
  var isLeft: Bool { hasLeft.load(ordering: .acquiring) }

  /// How long a node's body took; nil where nobody asked.
  func duration(of node: Int) -> Duration? {
    if let records { return .nanoseconds(records.durations[node]) }
    return watch?.duration(of: node)
  }

  /// What the run came to, where every node has run.
  var tally: RunState.Tally? {
    ending.withLock { ending in
      guard ending.isComplete else { return nil }
      guard flow.isStored else {
        return RunState.Tally(nodes: flow.taskCount, executed: flow.taskCount)
      }
      return RunState.Tally(nodes: flow.taskCount, executed: ending.executed, hits: ending.hits)
    }
  }

  /// Makes the state if there is none, and lets it know what became of the nodes.
  func settle(_ state: borrowing Mutex<RunState>) {
    postponed.withLock { leaves in
      guard let made = leaves else { return }
      leaves = nil
      let traversal = Traversal(made)
      state.withLock { $0 = RunState(traversal, countsUses: false) }
    }
    ending.withLock { ending in
      if let keys, !ending.hasGivenKeys {
        ending.hasGivenKeys = true
        state.withLock { $0.adopt(keys, count: flow.count) }
      }
      guard ending.isNews else { return }
      ending.isNews = false
      state.withLock { state in
        if let records {
          state.adopt(records, failed: ending.failed)
        } else {
          state.adopt(flow, failed: ending.failed)
        }
      }
    }
  }

  /// The cell of a node's value, if it is there.
  func cell(of node: Int) -> UnsafeRawPointer? {
    let hasValue =
      if let records { records.isPresent(node) } else { flow.hasValue(node) }
    return hasValue ? UnsafeRawPointer(flow.cell(node)) : nil
  }

  /// Leaves the short way for good.
  ///
  /// - Returns: The state from which the run goes on: what ran here is known there.
  func leave() -> RunState {
    var state = longWay()
    if let records { state.resume(after: records, failed: ending.withLock { $0.failed }) }
    hasLeft.store(true, ordering: .releasing)
    return state
  }
}

extension Execution {
  /// What a run is made of before it is known which way it goes.
  struct Beginning {
    let store: ArtifactStore
    let options: RunOptions
    let id: RunID
    let keyMaker: KeyMaker
    let digests: FileDigests
    let clock: RunClock
    let events: EventStream
  }

  /// Makes the state whole, where the run goes the short way and has none.
  func settle() { flow?.settle(state) }

  /// Runs a graph that needs no state machine.
  func run(_ part: FlowPart) async {
    let stopsAtFailure = options.failurePolicy == .failFast
    let run = part.run(for: self)
    if let records = part.records, let watch = part.watch {
      for node in records.settledHits { watch.hit(node, size: records.size(of: node)) }
    }
    if options.cancellation.isCancelled { run.stop() }
    let registration = options.cancellation.onCancel { [weak run] in run?.cancel() }
    defer { registration.remove() }
    await run.run { [self] node, error, isOfBody in
      settle()
      let duration = part.duration(of: node) ?? .zero
      ledger.withLock { $0.note(attempts: 1, duration: duration, of: node) }
      let error = isOfBody ? error : failureOfStoring(error, node: name(of: node))
      if isOfBody { record(1, of: node, error) }
      guard note(error, of: node, attempt: 1) else { return }
      part.fail(node)
      events.send(.nodeFinished(reportOfFailure(of: node)))
      if stopsAtFailure { run.stop() }
    }
    part.end(run)
    encodes.add(run.workers.reduce(0) { $0 + $1.encodes }, ordering: .relaxed)
    guard events.isObserved && !run.isComplete && !mustLeave(part) else { return }
    settle()
    sendEnds(part)
  }

  /// Whether the run must go on the long way, and is not over.
  private func mustLeave(_ part: FlowPart) -> Bool {
    guard part.records?.needsLongWay.load(ordering: .relaxed) == true else { return false }
    let isOver = options.failurePolicy == .failFast && ledger.withLock { !$0.failures.isEmpty }
    return !isOver && !options.cancellation.isCancelled
  }

  /// Goes on the long way where the short one met something that it cannot do.
  ///
  /// - Returns: Whether it does.
  func leaveShortWay(_ part: FlowPart) async -> Bool {
    guard mustLeave(part) else { return false }
    noteWork()
    if let records = part.records {
      ledger.withLock { ledger in
        for node in 0..<part.flow.count where records.fates[node] == .executed {
          ledger.note(attempts: 1, duration: .nanoseconds(records.durations[node]), of: node)
        }
      }
    }
    state.withLock { state in
      state = part.leave()
      state.reportsEnds = events.isObserved
    }
    return true
  }

  /// A report of a node whose body threw, while the state knows nothing of it yet.
  private func reportOfFailure(of node: Int) -> NodeReport {
    let (entry, effort) = ledger.withLock { ($0[node], $0.effort(of: node)) }
    return NodeReport(
      label: .node(node, of: self), task: taskName(of: node), state: .failed,
      attempts: effort.attempts, duration: effort.duration, error: entry.error)
  }

  /// Sends an event for each task that was left out: only at the end is it known why.
  private func sendEnds(_ part: FlowPart) {
    for node in 0..<part.flow.count
    where !part.hasEnded(node) && (part.flow.slots + node).record.isTask
      && part.records?.fates[node] != .hit
    {
      events.send(.nodeFinished(report(of: node)))
    }
  }

  func tally() -> RunState.Tally {
    if let tally = flow?.tally { return tally }
    settle()
    return state.withLock { $0.tally() }
  }

  /// The cell that holds a node's value after a run that went the short way; nil if there is none.
  func flowCell(of node: AnyNode) -> UnsafeRawPointer? {
    guard let part = flow else { return nil }
    if part.flow.arena != nil { return part.flow.position(of: node.record).flatMap(part.cell) }
    return state.withLock { $0.table.position(of: node.record) }.flatMap(part.cell)
  }
}
