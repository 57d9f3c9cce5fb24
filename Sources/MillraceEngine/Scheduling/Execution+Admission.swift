import MillraceGraph
import Synchronization

// Bodies of tasks begin when they are admitted; all else that a run does begins at once.
extension Execution {
  /// Takes in actions that are ready.
  ///
  /// - Returns: What may begin: the other actions, and then bodies, of which some may have waited.
  func admit(_ actions: [RunState.Action]) -> [RunState.Action] {
    guard let control, !actions.isEmpty else { return actions }
    var others: [RunState.Action] = []
    let (bodies, isStopped) = state.withLock { state in
      var bodies: [(node: Int, demand: Admission.Demand)] = []
      for action in actions {
        guard case .execute(let node) = action, state.hasBody(node) else {
          others.append(action)
          continue
        }
        let demand = control.demand(
          state.table.records[node].definition, state.table.attributes[node],
          backend: state.table.backend(of: node)?.name)
        bodies.append((node, demand))
      }
      return (bodies, state.isStopped)
    }
    guard !bodies.isEmpty else { return actions }
    return others + control.offer(bodies, isStopped: isStopped).map { .execute($0) }
  }

  /// Runs a body, with all its attempts, and gives back what it held, however it ended.
  func executeAdmitted(_ node: Int, _ submit: Submit) -> (@Sendable () async -> Void)? {
    guard let rest = execute(node, submit) else {
      giveBack(node)
      return nil
    }
    return { [self] in
      await rest()
      giveBack(node)
    }
  }

  /// Lets those go that wait, to be told that the run was ended. They do not wait for bodies that run.
  func endAdmission() {
    guard let control else { return }
    handOver(control.drain().map { .execute($0) })
  }

  private func giveBack(_ node: Int) {
    guard let control else { return }
    let isStopped = state.withLock { $0.isStopped }
    handOver(control.end(node, isStopped: isStopped).map { .execute($0) })
  }
}

extension RunState {
  /// Whether executing a node runs a task's own code: a twin only copies a value.
  fileprivate func hasBody(_ node: Int) -> Bool {
    table.roles[node] != .twin && table.records[node].isTask
  }
}
