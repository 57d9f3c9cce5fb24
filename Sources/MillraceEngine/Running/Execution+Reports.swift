import MillraceGraph
import MillraceStore
import Synchronization

// What a run says of its nodes, while it is on and afterwards.
extension Execution {
  /// Sends an event for each task that has ended since the last call.
  ///
  /// It is done under the state's lock, so that no consumer begins before its input's end was sent.
  func sendEnds(_ state: inout RunState) {
    // What planning finds is reported after the run has begun.
    guard events.isObserved, !state.isPlanning, !state.ended.isEmpty else { return }
    for node in state.ended { events.send(.nodeFinished(report(of: node, in: state))) }
    state.ended.removeAll(keepingCapacity: true)
  }

  func reports() -> [NodeReport] {
    settle()
    let tasks = state.withLock { state in
      state.settleLoops()
      return state.tasksInOrder
    }
    return tasks.map(report(of:))
  }

  func report(of node: Int) -> NodeReport {
    state.withLock { report(of: node, in: $0) }
  }

  private func report(of node: Int, in state: borrowing RunState) -> NodeReport {
    let entry: Ledger.Entry
    var effort: Ledger.Effort
    (entry, effort) = ledger.withLock { ($0[node], $0.effort(of: node)) }
    if let duration = flow?.duration(of: node) { effort.duration = duration }
    let end = state.reportState(node)
    var report = NodeReport(
      label: .node(node, of: self), task: state.table.records[node].definition.name, state: end,
      // A first attempt that succeeds is noted only where it was timed.
      attempts: end == .executed ? max(1, effort.attempts) : effort.attempts,
      duration: effort.duration, size: state.artifacts[node]?.size, error: entry.error,
      failedAttempts: entry.failedAttempts)
    if options.explainsNodes, report.attempts > 0 {
      let definition = state.table.records[node].definition
      report.explanation = (entry.reason ?? state.reason(of: node))
        .text(at: definition.id.fileID, definition.line)
    }
    return report
  }

  func value<Value>(of node: Node<Value>) throws -> Value {
    let handle = node.erased
    if let cell = flowCell(of: handle) { return Cell.read(cell, as: Value.self) }
    return try valueOfState(handle)
  }

  /// The same after a run that went the long way. Apart, or who asks for many values of the short one pays
  /// for the types in here.
  @inline(never)
  private func valueOfState<Value>(_ handle: AnyNode) throws -> Value {
    settle()
    let (value, artifact): (Value?, ArtifactRecord?) = state.withLock { state in
      guard let position = state.table.position(of: handle.record) else { return (nil, nil) }
      let value =
        state.isPresent[position] ? Cell.read(state.valuePointer(position), as: Value.self) : nil
      return (value, state.artifacts[position])
    }
    if let value { return value }
    guard let artifact else {
      if let failure = ledger.withLock(\.failures.first) { throw failure }
      throw PipelineError(
        .unknownNode,
        "A node of task '\(handle.task.name)' has no value here: it was no part of the run, or its value was neither stored nor kept; name it in 'keepingValues'."
      )
    }
    let cell = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
    defer { cell.deallocate() }
    try handle.task.output.decode(store.load(artifact), into: cell)
    defer { Cell.destroy(cell, as: Value.self) }
    return Cell.read(cell, as: Value.self)
  }
}
