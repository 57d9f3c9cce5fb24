import Dispatch
import Millrace
import Synchronization

@testable import MillraceEngine

/// One run on a ``HeldBackend``: the whole engine, on the test's thread, with a driver that says what
/// happens next.
final class RunPlay {
  private struct Broken: Error {}
  private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }
  private enum Progress: UInt8 { case fresh, active, waiting, succeeded, failed, cancelled }

  enum Ending: UInt8 { case success, failure, cancelled }
  enum Choice {
    /// The next step of a job that the backend holds.
    case begin(Int)
    case end(Int, Ending)
    case wake(Int)
    case cancel
  }

  private let scenario: RunScenario
  private let bodies = RunBodies()
  private let backend: HeldBackend
  private let executor = HeldExecutor()
  private let clock = HeldClock()
  private let cancellation = Cancellation()
  private let execution: Execution
  private let isOver = Flag()

  private var progress: [Progress]
  private var attempts: [Int]
  private var failures = 0
  private var isCancelled = false
  private var isStopped = false
  /// Bodies in the order in which they began and ended, where admission depends on it.
  private var history: [UInt8] = []

  init(_ scenario: RunScenario) throws {
    self.scenario = scenario
    progress = Array(repeating: .fresh, count: scenario.count)
    attempts = Array(repeating: 0, count: scenario.count)
    backend = HeldBackend(capacity: BackendCapacity(bodies: scenario.capacity))
    let (clock, cancellation) = (clock, cancellation)
    let options = RunOptions.with {
      $0.failurePolicy = scenario.policy
      $0.clock = clock
      $0.cancellation = cancellation
      $0.describesPlan = false
      $0.jobs = scenario.jobs
      $0.resources = ["pool": .init(scenario.limit)]
    }
    execution = try Execution(
      scenario.makeGraph(bodies), on: backend, in: .inMemory(), options: options)
    try execution.plan()
    Task(executorPreference: executor) { [execution, isOver] in
      await execution.run()
      isOver.isSet.store(true, ordering: .relaxed)
    }
    executor.run()
  }

  private var hasEnded: Bool { isOver.isSet.load(ordering: .relaxed) }

  // MARK: What can happen

  var options: [Choice] {
    var options: [Choice] = []
    let held = backend.session.ranks.count
    if !hasEnded && scenario.mayCancel && !isCancelled { options.append(.cancel) }
    if scenario.beginsAtOnce && held > 0 { return options + [.begin(0)] }
    options += (0..<held).map { .begin($0) }
    for node in bodies.active {
      options.append(.end(node, .success))
      if failures < scenario.failures { options.append(.end(node, .failure)) }
      if isCancelled { options.append(.end(node, .cancelled)) }
    }
    options += clock.sleepers.map { .wake($0) }
    // With nothing else to happen, a cancellation would hide that the run is stuck.
    return options.count == 1 && !hasEnded && held == 0 && bodies.active.isEmpty ? [] : options
  }

  func perform(_ choice: Choice) throws {
    switch choice {
    case .begin(let index):
      let job = backend.session.take(index)
      if let rest = job.run() { Task(executorPreference: executor) { await rest() } }
    case .end(let node, let ending): try end(node, ending)
    case .wake(let sleeper):
      while backend.session.submitted.wait(timeout: .now()) == .success {}
      clock.wake(sleeper)
      // The wait's end comes from a task of its own.
      if backend.session.submitted.wait(timeout: .now() + 300) == .timedOut {
        throw Violation("a wait is over, and no attempt follows")
      }
    case .cancel:
      isCancelled = true
      stop()
      cancellation.cancel()
    }
    executor.run()
    try takeBegun()
    try checkPools()
  }

  /// From here on no body may begin.
  private func stop() {
    isStopped = true
    for node in progress.indices where progress[node] == .waiting { progress[node] = .cancelled }
  }

  private func end(_ node: Int, _ ending: Ending) throws {
    history.append(UInt8(node) << 4 | ending.rawValue)
    switch ending {
    case .success:
      progress[node] = .succeeded
      bodies.end(node, nil)
    case .cancelled:
      progress[node] = .cancelled
      bodies.end(node, CancellationError())
    case .failure:
      failures += 1
      if attempts[node] < scenario.attempts(of: node) && !isStopped {
        progress[node] = .waiting
        bodies.end(node, Broken())
        executor.run()
        guard scenario.waits else { return }
        if clock.come.wait(timeout: .now() + 300) == .timedOut {
          throw Violation("\(node) is not tried again")
        }
      } else {
        progress[node] = .failed
        if scenario.policy == .failFast && !scenario.ignores(node) { stop() }
        bodies.end(node, Broken())
      }
    }
  }

  private func takeBegun() throws {
    for begin in bodies.takeBegun() {
      let node = begin.node
      if isStopped || hasEnded { throw Violation("\(node) began after the end") }
      guard progress[node] == .fresh || progress[node] == .waiting else {
        throw Violation("\(node) began again after it was \(progress[node])")
      }
      attempts[node] += 1
      history.append(UInt8(node) << 4 | 15)
      if begin.attempt != attempts[node] || begin.attempt > scenario.attempts(of: node) {
        throw Violation("\(node) began attempt \(begin.attempt) as its number \(attempts[node])")
      }
      for before in scenario.befores(node) where !isDone(before) {
        throw Violation("\(node) began before \(before) had ended")
      }
      if begin.values != scenario.graph.inputs(of: node).map(scenario.value) {
        throw Violation("\(node) got \(begin.values)")
      }
      try checkPriority(of: node)
      progress[node] = .active
    }
    let active = progress.indices.filter { progress[$0] == .active }
    if active != bodies.active { throw Violation("\(bodies.active) are on, not \(active)") }
    if let node = progress.firstIndex(of: .waiting), !scenario.waits {
      throw Violation("\(node) is not tried again")
    }
  }

  private func isDone(_ node: Int) -> Bool {
    progress[node] == .succeeded || progress[node] == .failed && scenario.ignores(node)
  }

  // MARK: Invariants

  private func checkPools() throws {
    let active = bodies.active
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
  private func checkPriority(of node: Int) throws {
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
    case .active, .waiting: return []
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

  /// What was done and what is left to do. The order matters where bodies are admitted one by one.
  var place: [UInt8] {
    var place = progress.map(\.rawValue)
    for node in attempts.indices { place[node] |= UInt8(attempts[node]) << 4 }
    place.append(UInt8(failures) << 2 | (isCancelled ? 2 : 0) | (isStopped ? 1 : 0))
    place += backend.session.ranks.map { UInt8($0) }
    return scenario.hasControl ? place + [.max] + history : place
  }
}
