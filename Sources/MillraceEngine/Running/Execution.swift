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
  /// Nil where there are no plug-ins, so that they cost nothing.
  let plugin: (any RunPlugin)?
  let state: Mutex<RunState>
  let ledger = Mutex(Ledger())
  let lanes: Lanes
  /// Who may begin; nil for a run without pools, priorities, a job limit or a memory budget.
  let control: Control?
  let encodes = Atomic<Int>(0)
  private let flow: Flow?
  private let flowWidth: Int?
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
    keyMaker = KeyMaker(seed: options.seed, environment: options.environment, digests: digests)
    events = EventStream(options.observers)
    clock = RunClock(options.clock)
    plugin = PluginCollection.joining(options.plugins)
    let leaves = graph.leaves + options.keepingValues.map(graph.current)
    let traversal = Traversal(leaves, standIns: graph.standIns)
    try GraphCheck.check(traversal)
    var initial = RunState(traversal, countsUses: false)
    initial.reportsEnds = events.isObserved
    lanes = try Lanes(initial.table, default: backend)
    control = try Control(traversal, initial.table, default: backend, options: options)
    flowWidth = (backend as? DispatchBackend)?.width
    let asked = traversal.leaves.enumerated().map { index, leaf in
      (node: leaf, isKept: index >= graph.leaves.count)
    }
    let isUnwatched = !options.describesPlan && !events.isObserved && plugin == nil
    if isUnwatched && control == nil && (flowWidth != nil || backend is LocalBackend) {
      flow = Flow(initial.table, values: initial.values, leaves: asked)
    } else {
      flow = nil
    }
    if flow == nil {
      initial.countUses()
      for leaf in asked { initial.ask(for: leaf.node, keepingValue: leaf.isKept) }
    }
    state = Mutex(initial)
  }

  // MARK: Planning

  /// Computes the keys that can be known before anything runs, and looks them up.
  ///
  /// - Throws: ``PipelineError`` where a key cannot be computed, such as for a missing input file.
  func plan() throws {
    var pending = state.withLock { $0.next() }
    while let action = pending.popLast() {
      if options.cancellation.isCancelled {
        throw PipelineError(
          .cancelled, "The run was cancelled while it was planned; nothing has run.")
      }
      _ = perform(action) { pending.append(contentsOf: $0) }
      if let failure = ledger.withLock({ $0.failures.first }) { throw failure }
    }
  }

  // MARK: Running

  /// Runs what the plan left to be done; returns when nothing is left, or the run was ended.
  func run() async {
    if let flow { return await run(flow) }
    let registration = options.cancellation.onCancel { [weak self] in self?.cancel() }
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
    state.withLock { state in
      state.endAll()
      sendEnds(&state)
    }
  }

  /// Whether there is something to run.
  var hasWork: Bool { flow != nil || state.withLock { !$0.held.isEmpty } }

  /// Runs a graph that needs no state machine.
  private func run(_ flow: Flow) async {
    let failed = Mutex<Set<Int>>([])
    let stopsAtFailure = options.failurePolicy == .failFast
    let run = FlowRun(flow, width: flowWidth ?? 1, source: self)
    let registration = options.cancellation.onCancel { [weak run] in run?.stop() }
    defer { registration.remove() }
    await run.run(inOrder: flowWidth == nil) { [self] node, error in
      ledger.withLock { $0.note(attempts: 1, duration: .zero, of: node) }
      record(1, of: node, error)
      if note(error, of: node, attempt: 1) {
        failed.withLock { _ = $0.insert(node) }
        if stopsAtFailure { run.stop() }
      }
    }
    state.withLock { state in failed.withLock { state.adopt(flow, failed: $0) } }
  }

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
    lanes.submit(actions, isAtEnd: isAtEnd) { node in
      state.withLock { $0.table.backend(of: node)?.name }
    } job: { action in
      BackendJob(rank: action.node) { [self] in
        perform(action) { handOver(control == nil ? $0 : admit($0), isAtEnd: true) }
      }
    }
  }

  /// Tells the state what became of an action, and hands on what follows.
  func report(
    _ submit: ([RunState.Action]) -> Void, _ change: (inout RunState) -> Void
  ) {
    let (actions, isComplete) = state.withLock { state in
      change(&state)
      let actions = state.next()
      sendEnds(&state)
      return (actions, state.inFlight == 0 && !state.isPlanning)
    }
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
    case .resolve(let node), .load(let node), .execute(let node), .digest(let node): node
    }
  }
}
