import MillraceGraph
import Synchronization

/// What an execution keeps of a run that goes the short way.
final class FlowPart: Sendable {
  let flow: Flow
  let backend: any Backend
  private let keys: FlowKeys?
  /// Nil where nobody watches.
  let watch: FlowWatch?
  private let ending = Mutex(Ending())
  /// The leaves of a graph whose state is made when something asks for it, such as a report or a
  /// context: most runs end without.
  private let postponed: Mutex<[AnyNode]?>

  private struct Ending {
    var failed: Set<Int> = []
    var isComplete = false
    /// Whether the state knows nothing of the run yet.
    var isNews = false
    /// Whether the state knows the keys.
    var hasGivenKeys = false
  }

  /// - Parameters:
  ///   - leaves: Given if there is no state yet.
  ///   - roles: The nodes' roles; nil where their tasks say them.
  /// - Returns: Nil if the keys of the nodes need more than a ``Flow``; see ``FlowKeys``.
  init?(
    _ flow: Flow, on backend: any Backend, _ keyMaker: KeyMaker, _ clock: RunClock,
    _ events: EventStream, _ options: RunOptions, stateOf leaves: [AnyNode]? = nil,
    roles: [Role]? = nil
  ) throws {
    if flow.hasKeys {
      let keys = try FlowKeys(
        flow, keyMaker, roles: roles, check: options.checkPlanning)
      guard let keys else { return nil }
      self.keys = keys
    } else {
      keys = nil
    }
    self.flow = flow
    self.backend = backend
    watch = events.isObserved ? FlowWatch(events, clock, count: flow.count) : nil
    postponed = Mutex(leaves)
  }

  static func canRun(on backend: any Backend) -> Bool {
    backend is DispatchBackend || backend is LocalBackend
  }

  /// A run, with as many workers as the backend has.
  func run(for source: any TaskContextSource) -> FlowRun {
    let width = (backend as? DispatchBackend)?.width
    return FlowRun(
      flow, label: width == nil ? "millrace.local" : "millrace.dispatch", width: width ?? 1,
      isInOrder: width == nil, source: source, watch: watch)
  }

  func fail(_ node: Int) { ending.withLock { _ = $0.failed.insert(node) } }

  /// Whether a node's body returned, or threw for a reason of its own.
  func hasEnded(_ node: Int) -> Bool {
    flow.isDone(node) || ending.withLock { $0.failed.contains(node) }
  }

  func end(isComplete: Bool) {
    ending.withLock {
      $0.isComplete = isComplete
      $0.isNews = true
    }
  }

  /// What the run came to, where every node has run.
  var tally: RunState.Tally? {
    guard ending.withLock(\.isComplete) else { return nil }
    return RunState.Tally(nodes: flow.taskCount, executed: flow.taskCount)
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
      state.withLock { $0.adopt(flow, failed: ending.failed) }
    }
  }
}

extension Execution {
  /// Makes the state whole, where the run goes the short way and has none.
  func settle() { flow?.settle(state) }

  /// Runs a graph that needs no state machine.
  func run(_ part: FlowPart) async {
    let stopsAtFailure = options.failurePolicy == .failFast
    let run = part.run(for: self)
    let registration = options.cancellation.onCancel { [weak run] in run?.cancel() }
    defer { registration.remove() }
    await run.run { [self] node, error in
      settle()
      let duration = part.watch?.duration(of: node) ?? .zero
      ledger.withLock { $0.note(attempts: 1, duration: duration, of: node) }
      record(1, of: node, error)
      guard note(error, of: node, attempt: 1) else { return }
      part.fail(node)
      events.send(.nodeFinished(reportOfFailure(of: node)))
      if stopsAtFailure { run.stop() }
    }
    part.end(isComplete: run.isComplete)
    guard events.isObserved && !run.isComplete else { return }
    settle()
    sendEnds(part)
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
    where !part.hasEnded(node) && (part.flow.slots + node).record.isTask {
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
    guard let flow = flow?.flow else { return nil }
    let position =
      flow.arena == nil
      ? state.withLock { $0.table.position(of: node.record) } : flow.position(of: node.record)
    guard let position, flow.hasValue(position) else { return nil }
    return UnsafeRawPointer(flow.cell(position))
  }
}
