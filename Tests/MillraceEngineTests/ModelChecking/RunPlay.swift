import Dispatch
import Millrace
import Synchronization

@testable import MillraceEngine

/// One run on a ``HeldBackend``: the whole engine, on the test's thread, with a driver that says what
/// happens next.
final class RunPlay {
  private struct Broken: Error {}
  private final class Flag: Sendable { let isSet = Atomic<Bool>(false) }
  enum Progress: UInt8 {
    case fresh, active
    /// Waits before its next attempt, or for somebody to begin it.
    case waiting, queued
    case succeeded, failed, cancelled
  }

  enum Ending: UInt8 { case success, failure, cancelled }
  enum Choice {
    /// The next step of a job that the backend holds.
    case begin(Int)
    case end(RunBodies.Body, Ending)
    case wake(HeldTimer)
    case cancel
  }

  let scenario: RunScenario
  let bodies = RunBodies()
  let backend: HeldBackend
  let clock = HeldClock()
  let execution: Execution
  private let executor = HeldExecutor()
  private let cancellation = Cancellation()
  private let isOver = Flag()

  private(set) var progress: [Progress]
  private(set) var attempts: [Int]
  /// By node, how many attempts failed or ran out of time.
  private(set) var failedAttempts: [Int]
  private(set) var isStopped = false
  private var failures = 0
  private var isCancelled = false
  /// Timers that somebody is about to wait for.
  private var coming = 0
  /// Bodies in the order in which they began and ended, where admission depends on it.
  private var history: [UInt8] = []

  init(_ scenario: RunScenario) throws {
    self.scenario = scenario
    progress = Array(repeating: .fresh, count: scenario.count)
    attempts = Array(repeating: 0, count: scenario.count)
    failedAttempts = attempts
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

  var hasEnded: Bool { isOver.isSet.load(ordering: .relaxed) }

  /// Whether a body was given up when its time was over, and goes on for nothing.
  func isLeft(_ body: RunBodies.Body) -> Bool {
    progress[body.node] != .active || body.attempt < attempts[body.node]
  }

  // MARK: What can happen

  var options: [Choice] {
    var options: [Choice] = []
    let held = backend.session.ranks.count
    if !hasEnded && scenario.mayCancel && !isCancelled { options.append(.cancel) }
    if scenario.beginsAtOnce && held > 0 { return options + [.begin(0)] }
    let cancellations = options.count
    options += (0..<held).map { .begin($0) }
    for body in bodies.active {
      options.append(.end(body, .success))
      if isLeft(body) || failures < scenario.failures { options.append(.end(body, .failure)) }
      if isCancelled && !isLeft(body) { options.append(.end(body, .cancelled)) }
    }
    options += clock.sleepers.filter { $0.kind == .wait || failures < scenario.failures }
      .map { .wake($0) }
    // With nothing else to happen, a cancellation would hide that the run is stuck.
    return options.count == cancellations && !hasEnded ? [] : options
  }

  func perform(_ choice: Choice) throws {
    switch choice {
    case .begin(let index): begin(index)
    case .end(let body, let ending): end(body, ending)
    case .wake(let timer): try wake(timer)
    case .cancel:
      isCancelled = true
      stop()
      cancellation.cancel()
    }
    executor.run()
    try takeBegun()
    if case .end(let body, .failure) = choice, progress[body.node] == .queued, !isLeft(body) {
      throw Violation("\(body.node) is not tried again at once")
    }
    try takeTimers()
    try checkPools()
  }

  private func begin(_ index: Int) {
    let job = backend.session.take(index)
    if isStopped && progress[job.rank] == .queued { progress[job.rank] = .cancelled }
    if let rest = job.run() { Task(executorPreference: executor) { await rest() } }
  }

  private func end(_ body: RunBodies.Body, _ ending: Ending) {
    if isLeft(body) {
      note(body.node, ending.rawValue | 4)
      bodies.end(body, ending == .success ? .leftSuccess : .failure(Broken()))
      return
    }
    note(body.node, ending.rawValue)
    switch ending {
    case .success:
      progress[body.node] = .succeeded
      bodies.end(body, .success)
    case .cancelled:
      progress[body.node] = .cancelled
      bodies.end(body, .failure(CancellationError()))
    case .failure:
      failAttempt(of: body.node)
      bodies.end(body, .failure(Broken()))
    }
  }

  private func wake(_ timer: HeldTimer) throws {
    note(timer.node, UInt8(timer.kind.rawValue) | 8)
    let (nodeAlarm, alarm) = execution.attempts.alarms(of: timer.node)
    guard let task = timer.kind == .node ? nodeAlarm : alarm else {
      throw Violation("\(timer) is waited for, and its node knows nothing of it")
    }
    switch timer.kind {
    case .wait: progress[timer.node] = .queued
    case .attempt: failAttempt(of: timer.node)
    case .node:
      failures += 1
      if progress[timer.node] == .active { failedAttempts[timer.node] += 1 }
      fail(timer.node)
    }
    // What a timer does, it does in a task of its own.
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
      await task.value
      isDone.signal()
    }
    clock.wake(timer)
    if isDone.wait(timeout: .now() + 300) == .timedOut {
      throw Violation("\(timer) is over, and what follows does not end")
    }
  }

  // MARK: What follows

  private func failAttempt(of node: Int) {
    failures += 1
    failedAttempts[node] += 1
    guard attempts[node] < scenario.attempts(of: node) && !isStopped else { return fail(node) }
    progress[node] = scenario.waits ? .waiting : .queued
    if scenario.waits { coming += 1 }
  }

  private func fail(_ node: Int) {
    progress[node] = .failed
    if scenario.policy == .failFast && !scenario.ignores(node) { stop() }
  }

  /// From here on no body may begin.
  private func stop() {
    isStopped = true
    for node in progress.indices where progress[node] == .waiting { progress[node] = .cancelled }
  }

  private func takeBegun() throws {
    for begin in bodies.takeBegun() {
      let (node, attempt) = (begin.body.node, begin.body.attempt)
      if isStopped || hasEnded { throw Violation("\(node) began after the end") }
      guard progress[node] == .fresh || progress[node] == .queued else {
        throw Violation("\(node) began again after it was \(progress[node])")
      }
      attempts[node] += 1
      note(node, 15)
      if attempt != attempts[node] || attempt > scenario.attempts(of: node) {
        throw Violation("\(node) began attempt \(attempt) as its number \(attempts[node])")
      }
      for before in scenario.befores(node) where !isDone(before) {
        throw Violation("\(node) began before \(before) had ended")
      }
      if begin.values != scenario.graph.inputs(of: node).map(scenario.value) {
        throw Violation("\(node) got \(begin.values)")
      }
      try checkPriority(of: node)
      progress[node] = .active
      if scenario.timing.limitsAttempts { coming += 1 }
      if scenario.timing.limitsNodes && attempt == 1 { coming += 1 }
    }
    let active = progress.indices.filter { progress[$0] == .active }
    let running = bodies.active.filter { !isLeft($0) }.map(\.node)
    if active != running { throw Violation("\(running) are on, not \(active)") }
  }

  /// Waits until all that wait for a time do so, which is on threads of their own.
  private func takeTimers() throws {
    while coming > 0 {
      if clock.come.wait(timeout: .now() + 300) == .timedOut {
        throw Violation("\(clock.sleepers) are waited for, and \(coming) more were to be")
      }
      coming -= 1
    }
    try checkTimers()
  }

  func isDone(_ node: Int) -> Bool {
    progress[node] == .succeeded || progress[node] == .failed && scenario.ignores(node)
  }

  // MARK: Comparing

  private func note(_ node: Int, _ code: UInt8) { history.append(UInt8(node) << 4 | code) }

  /// What was done and what is left to do. The order matters where bodies are admitted one by one.
  var place: [UInt8] {
    var place = progress.map(\.rawValue)
    for node in attempts.indices { place[node] |= UInt8(attempts[node]) << 4 }
    place.append(UInt8(failures) << 2 | (isCancelled ? 2 : 0) | (isStopped ? 1 : 0))
    place += backend.session.ranks.map { UInt8($0) }
    let left = bodies.active.filter(isLeft)
    if !left.isEmpty { place += [.max] + left.map { UInt8($0.node) << 4 | UInt8($0.attempt) } }
    return scenario.hasControl ? place + [.max] + history : place
  }
}
