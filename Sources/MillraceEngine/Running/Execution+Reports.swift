import MillraceGraph
import MillraceStore
import Synchronization

// What a run says of its nodes, while it is on and afterwards.
extension Execution {
  /// Sends an event for each task that has ended since the last call.
  func sendEnds() {
    guard events.isObserved else { return }
    // Under a lock of their own, so that no consumer begins before its input's end was sent.
    sending.withLock { _ in
      let ended = state.withLock { state in
        // What planning finds is reported after the run has begun.
        if state.isPlanning { return [Int]() }
        defer { state.ended = [] }
        return state.ended
      }
      for node in ended { events.send(.nodeFinished(report(of: node))) }
    }
  }

  func reports() -> [NodeReport] {
    settle()
    let tasks = state.withLock { state in
      state.phases.indices.filter { state.table.records[$0].definition.isTask }
    }
    return tasks.map(report(of:))
  }

  func report(of node: Int) -> NodeReport {
    let entry = ledger.withLock { $0[node] }
    return state.withLock { state in
      let end = state.reportState(node)
      return NodeReport(
        name: state.name(of: node), task: state.table.records[node].definition.name, state: end,
        // A first attempt that succeeds is noted only where it was timed.
        attempts: end == .executed ? max(1, entry.attempts) : entry.attempts,
        duration: entry.duration, size: state.artifacts[node]?.size, error: entry.error,
        failedAttempts: entry.failedAttempts)
    }
  }

  func value<Value>(of node: Node<Value>) throws -> Value {
    let handle = node.erased
    if let cell = flowCell(of: handle) { return Cell.read(cell, as: Value.self) }
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
    try node.erased.task.output.decode(store.load(artifact), into: cell)
    defer { Cell.destroy(cell, as: Value.self) }
    return Cell.read(cell, as: Value.self)
  }
}
