import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

/// One run: performs the state's actions on backends, and reports back to it.
///
/// It is planned on the thread that makes it, and then run once.
final class Execution: Sendable {
  let store: ArtifactStore
  let options: RunOptions
  let id: RunID
  let keyMaker: KeyMaker
  let digests: FileDigests
  let events: EventStream
  let clock: RunClock
  let attempts = AttemptTable()
  /// What bodies have saved beside what they return, until their nodes have ended.
  let shelf = MemoryShelf()
  /// Nil where there are no plug-ins, so that they cost nothing.
  let plugin: (any RunPlugin)?
  let state: Mutex<RunState>
  let ledger = Mutex(Ledger())
  let lanes: Lanes
  /// Who may begin; nil for a run without pools, priorities, a job limit or a memory budget.
  let control: Control?
  /// Whether some result of the run has further outputs, whose names are to be seen to as well.
  let hasFurtherOutputs = Atomic<Bool>(false)
  /// What crosses to other processes and back; nil for a run without any.
  let border: Border?
  let encodes = Atomic<Int>(0)
  /// The short way, if the graph began on it.
  private let shortWay: FlowPart?
  /// The short way, for as long as the graph goes it.
  var flow: FlowPart? { shortWay?.isLeft == false ? shortWay : nil }
  /// Who looks if the elements of a list want to be shared; nil in a run where all have nodes.
  let lookout: ElementLookout?
  /// Whether the log says that the run has begun.
  let hasBegun = Atomic<Bool>(false)
  /// Whether a result may be stored in the run, so that keys are kept of all nodes.
  let mayStore: Bool
  private let asyncBodies = Mutex<[Int: RunningTask]>([:])
  private let completion = Mutex<Completion>(.pending)

  private enum Completion {
    case pending
    case awaited(CheckedContinuation<Void, Never>)
    case complete
  }

  init(
    _ graph: Graph, on backend: any Backend, in store: ArtifactStore, options: RunOptions
  ) throws {
    self.store = store
    self.options = options
    id = store.makeRunID()
    digests = FileDigests(store: store)
    keyMaker = KeyMaker(
      seed: options.seed, environment: options.environment, digests: digests,
      executable: try options.fingerprint.digest(using: digests))
    events = EventStream(options.observers)
    clock = RunClock(options.clock)
    plugin = PluginCollection.joining(options.plugins)
    let kept = options.keepingValues
    let leaves = graph.leaves + (graph.standIns == nil ? kept : kept.map(graph.current))
    let beginning = Beginning(
      store: store, options: options, id: id, keyMaker: keyMaker, digests: digests, clock: clock,
      events: events, shelf: shelf)
    let standIns = graph.standIns
    let keptFrom = graph.leaves.count
    let longWay: @Sendable () -> RunState = {
      let traversal = Traversal(leaves, standIns: standIns)
      var state = RunState(traversal)
      for (index, leaf) in traversal.leaves.enumerated() {
        state.ask(for: leaf, keepingValue: index >= keptFrom)
      }
      return state
    }
    var canFlow =
      !options.describesPlan && !options.explainsNodes && plugin == nil && options.fallbacks.isEmpty
      && options.determinismChecks == nil && FlowPart.canRun(on: backend)
    if canFlow, graph.standIns == nil, options.jobs == nil, options.memoryBudget == nil,
      let flow = Flow(arenaOf: leaves, keptFrom: graph.leaves.count)
    {
      try Control.check(options)
      if let part = try FlowPart(
        flow, on: backend, beginning, longWay: longWay, stateOf: leaves)
      {
        let nothing = RunState(Traversal([]))
        lanes = try Lanes(nothing.table, default: backend)
        (control, border) = (nil, nil)
        state = Mutex(nothing)
        shortWay = part
        lookout = nil
        mayStore = false
        return
      }
      canFlow = false
    }
    let traversal = Traversal(leaves, standIns: graph.standIns)
    try GraphCheck.check(traversal)
    var initial = RunState(traversal, countsUses: false)
    initial.reportsEnds = events.isObserved
    initial.fallbacks = options.fallbacks
    lanes = try Lanes(initial.table, default: backend)
    control = try Control(traversal, initial.table, default: backend, options: options)
    let asked = traversal.leaves.enumerated().map { index, leaf in
      (node: leaf, isKept: index >= graph.leaves.count)
    }
    border = try Border(graph, traversal, lanes.backends, leaves: asked)
    initial.farLanes = border?.farLanes
    if canFlow, control == nil, let flow = Flow(initial.table, of: leaves, leaves: asked),
      let part = try FlowPart(
        flow, on: backend, beginning, longWay: longWay, roles: initial.table.roles)
    {
      shortWay = part
      lookout = nil
    } else {
      shortWay = nil
      let mayLoop =
        !options.describesPlan && !events.isObserved && plugin == nil && options.fallbacks.isEmpty
        && control == nil && border == nil && initial.table.hasDynamicNodes
      initial.shortestLoop = mayLoop ? options.shortestLoop : nil
      lookout = mayLoop ? ElementLookout() : nil
      initial.countUses()
      for leaf in asked { initial.ask(for: leaf.node, keepingValue: leaf.isKept) }
    }
    mayStore =
      shortWay == nil && (initial.table.hasDynamicNodes || initial.table.roles.contains(.stored))
    state = Mutex(initial)
  }

  // MARK: Planning

  /// Computes the keys that can be known before anything runs, and looks them up.
  ///
  /// - Throws: ``PipelineError`` where a key cannot be computed, such as for a missing input file.
  func plan() throws {
    var pending = state.withLock { $0.next() }
    while let action = pending.popLast() {
      try options.checkPlanning()
      _ = perform(action) { pending.append(contentsOf: $0) }
      if let failure = ledger.withLock({ $0.failures.first }) { throw failure }
    }
  }

  // MARK: Running

  /// Runs what the plan left to be done; returns when nothing is left, or the run was ended.
  func run() async {
    if let flow {
      await run(flow)
      guard await leaveShortWay(flow) else { return }
    }
    // Not weakly: an object with a weak reference counts all its references in a slower way.
    let registration = options.cancellation.onCancel { [self] in cancel() }
    defer { registration.remove() }
    let (actions, isComplete) = state.withLock { state in
      if options.cancellation.isCancelled { state.stop() }
      state.startRunning()
      let actions = state.next()
      sendEnds(&state)
      return (actions, state.inFlight == 0)
    }
    submit(actions)
    if isComplete { complete() }
    await withCheckedContinuation { continuation in
      let isComplete = completion.withLock { completion in
        if case .complete = completion { return true }
        completion = .awaited(continuation)
        return false
      }
      if isComplete { continuation.resume() }
    }
    if border != nil { await closeBorder() }
    state.withLock { state in
      state.endAll()
      sendEnds(&state)
    }
  }

  /// Whether there is something to run: not only values to be read.
  var hasWork: Bool { flow?.hasWork ?? state.withLock { $0.hasWork } }

  private func complete() {
    let continuation: CheckedContinuation<Void, Never>? = completion.withLock { completion in
      defer { completion = .complete }
      if case .awaited(let continuation) = completion { return continuation }
      return nil
    }
    continuation?.resume()
  }

  private func cancel() {
    state.withLock { $0.stop() }
    // Under the lock, so that none of these tasks ends before it was told.
    asyncBodies.withLock { bodies in
      for body in bodies.values { body.task.cancel() }
    }
    endAttempts()
    endAdmission()
  }

  func submit(_ actions: [RunState.Action]) {
    handOver(control == nil ? actions : admit(actions))
  }

  /// Hands actions to the backends.
  ///
  /// - Parameter isAtEnd: Whether the caller is a job that ends with this.
  func handOver(_ actions: [RunState.Action], isAtEnd: Bool = false) {
    guard !actions.isEmpty else { return }
    let ranks =
      lookout == nil
      ? [] : state.withLock { $0.loopOrder.isEmpty ? [] : $0.ranks(of: actions) }
    var count = 0
    lanes.submit(actions, isAtEnd: isAtEnd) { node in
      state.withLock { $0.table.backend(of: node)?.name }
    } job: { action in
      // Called once for each, in their order.
      let rank = ranks.isEmpty ? action.node : ranks[count]
      count += 1
      return BackendJob(rank: rank) { [self] in
        perform(action) { handOver(control == nil ? $0 : admit($0), isAtEnd: true) }
      }
    }
  }

  /// Tells the state what became of an action, and hands on what follows.
  func report(
    _ submit: ([RunState.Action]) -> Void, _ change: (inout RunState) -> Void
  ) {
    let (actions, dropped, isComplete) = state.withLock { state in
      change(&state)
      let actions = state.next()
      sendEnds(&state)
      return (actions, state.takeDropped(), state.inFlight == 0 && !state.isPlanning)
    }
    border?.forget(dropped)
    submit(actions)
    if isComplete { complete() }
  }

  // MARK: Asynchronous bodies

  /// Runs an asynchronous body so that cancelling the run cancels it.
  func cancellable<Result>(
    _ node: Int, _ body: () async throws -> Result
  ) async throws -> Result {
    withUnsafeCurrentTask { task in
      guard let running = task.map(RunningTask.init) else { return }
      asyncBodies.withLock { $0[node] = running }
    }
    defer { asyncBodies.withLock { $0[node] = nil } }
    if options.cancellation.isCancelled { throw CancellationError() }
    return try await body()
  }
}

/// The task that an asynchronous body runs in. It is there to be cancelled for as long as it is listed.
private struct RunningTask: @unchecked Sendable {
  // `cancel()` may be called from any thread while the task has not ended.
  let task: UnsafeCurrentTask
}

extension RunState.Action {
  var node: Int {
    switch self {
    case .resolve(let node), .load(let node), .execute(let node), .digest(let node),
      .bring(let node):
      node
    }
  }
}
