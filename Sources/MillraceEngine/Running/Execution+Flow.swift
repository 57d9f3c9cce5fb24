import MillraceGraph
import Synchronization

/// What an execution keeps of a run that goes the short way.
final class FlowPart: Sendable {
  let flow: Flow
  let backend: any Backend
  private let ending = Mutex(Ending())
  /// The leaves of a graph whose state is made when something asks for it, such as a report or a
  /// context: most runs end without.
  private let postponed: Mutex<[AnyNode]?>

  private struct Ending {
    var failed: Set<Int> = []
    var isComplete = false
    /// Whether the state knows nothing of the run yet.
    var isNews = false
  }

  init(_ flow: Flow, on backend: any Backend, stateOf leaves: [AnyNode]?) {
    self.flow = flow
    self.backend = backend
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
      isInOrder: width == nil, source: source)
  }

  func fail(_ node: Int) { ending.withLock { _ = $0.failed.insert(node) } }

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
      ledger.withLock { $0.note(attempts: 1, duration: .zero, of: node) }
      record(1, of: node, error)
      if note(error, of: node, attempt: 1) {
        part.fail(node)
        if stopsAtFailure { run.stop() }
      }
    }
    part.end(isComplete: run.isComplete)
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
