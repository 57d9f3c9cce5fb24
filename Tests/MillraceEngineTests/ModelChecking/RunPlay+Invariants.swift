import Millrace

@testable import MillraceEngine

// What must hold at every step of a run, and at its end.
extension RunPlay {
  /// The pools, of which those that were given up hold what they took until they return.
  func checkPools() throws {
    let active = bodies.active.map(\.node)
    if active.reduce(0, { $0 + scenario.amount(of: $1) }) > scenario.limit {
      throw Violation("the pool is over-drawn by \(active)")
    }
    guard scenario.hasControl else { return }
    // Jobs that the backend holds have begun, to whoever admits them.
    let begun = active.count + (isStopped ? 0 : backend.session.ranks.count)
    if begun > min(scenario.jobs ?? .max, scenario.capacity ?? .max) {
      throw Violation("\(begun) bodies are on")
    }
  }

  /// One after another, the ready node of the highest priority begins, where nothing else is in its way.
  func checkPriority(of node: Int) throws {
    guard scenario.jobs == 1, scenario.beginsAtOnce, scenario.amounts.isEmpty,
      attempts[node] == 1
    else { return }
    for other in progress.indices where other != node && progress[other] == .fresh {
      guard scenario.befores(other).allSatisfy(isDone) else { continue }
      if scenario.priority(of: other) > scenario.priority(of: node) {
        throw Violation("\(node) began before \(other), which is more urgent")
      }
    }
  }

  /// Nobody waits for what does not matter any more.
  func checkTimers() throws {
    var expected: [HeldTimer] = []
    for (node, progress) in progress.enumerated() {
      let isOn = [.active, .waiting, .queued].contains(progress)
      if isOn && scenario.timing.limitsNodes { expected.append(HeldTimer(node: node, kind: .node)) }
      if progress == .active && scenario.timing.limitsAttempts {
        expected.append(HeldTimer(node: node, kind: .attempt))
      }
      if progress == .waiting { expected.append(HeldTimer(node: node, kind: .wait)) }
    }
    if clock.sleepers != expected.sorted() {
      throw Violation("\(clock.sleepers) are waited for, not \(expected.sorted())")
    }
  }

  /// Checks the last states, when nothing is left to happen.
  func end() throws {
    guard hasEnded else { throw Violation("the run does not end: \(progress)") }
    let reports = execution.reports()
    for (node, report) in reports.enumerated() {
      let befores = scenario.befores(node).map { reports[$0].state }
      let allowed = states(node, befores)
      if !allowed.contains(report.state) {
        throw Violation("\(node) ended as \(report.state), not as one of \(allowed)")
      }
      if report.attempts != attempts[node] {
        throw Violation("\(node) had \(attempts[node]) attempts, not \(report.attempts)")
      }
      let failed = report.failedAttempts.count
      if scenario.hasPolicy(node) && failed != failedAttempts[node] {
        throw Violation("\(failedAttempts[node]) attempts of \(node) failed, not \(failed)")
      }
    }
    let states = reports.map(\.state)
    let expected: RunStatus =
      states.contains(.failed) ? .failed : states.contains(.cancelled) ? .cancelled : .succeeded
    let status = RunResult(execution, duration: .zero, exports: []).status
    if status != expected { throw Violation("the run was \(status), not \(expected)") }
  }

  private func states(_ node: Int, _ befores: [NodeReport.State]) -> Set<NodeReport.State> {
    switch progress[node] {
    case .succeeded: return [.executed]
    case .failed: return scenario.ignores(node) ? [.ignored] : [.failed]
    case .cancelled: return [.cancelled]
    case .active, .waiting, .queued: return []
    case .fresh: break
    }
    let isBehindFailure = befores.contains(.failed) || befores.contains(.skipped)
    // Behind both, it ends as the first of them made it.
    if befores.contains(.cancelled) {
      return isBehindFailure ? [.skipped, .cancelled] : [.cancelled]
    }
    if isBehindFailure { return [.skipped] }
    return isStopped ? [.cancelled] : []
  }
}
