import MillraceCoding
import MillraceGraph
import Synchronization

// Running the bodies of nodes that may be tried more than once, or have a time limit. A node that waits for
// its next attempt holds no worker: a timer hands it over to its backend again.
extension Execution {
  /// Makes as many attempts as follow one another at once.
  func executeInAttempts(
    _ node: Int, _ step: StepInput, _ pointers: InputPointers, _ submit: Submit
  ) -> (@Sendable () async -> Void)? {
    if !attempts.contains(node) {
      attempts.insert(makeAttempts(of: node), of: node)
      if events.isObserved { sendStart(of: node) }
    }
    switch body(of: node, step) {
    case .sync(let body):
      while let attempt = begin(node, step, pointers) {
        var failure: (any Error)?
        do { try attempt.run(body) } catch { failure = error }
        guard conclude(attempt, failure, submit) else { break }
      }
      return nil
    case .async(let body):
      return { [self] in
        while let attempt = begin(node, step, pointers) {
          var failure: (any Error)?
          do { try await attempt.run(body) } catch { failure = error }
          guard conclude(attempt, failure, { self.submit($0) }) else { break }
        }
      }
    }
  }

  private func makeAttempts(of node: Int) -> Attempts {
    let (policies, origin) = state.withLock { state in
      let policies = state.attemptPolicies(of: node)
      // Names are digests of what a node is made of: not worth making where chance decides nothing.
      guard policies.retry.backoff.jitter > 0 else { return (policies, Digest.sha256([])) }
      return (policies, state.keys[node]?.digest ?? state.identity(of: node))
    }
    return Attempts(
      retry: policies.retry, timeout: policies.timeout,
      seed: SHA256.retrySeed(origin, seed: options.seed))
  }

  private func begin(_ node: Int, _ step: StepInput, _ pointers: InputPointers) -> Attempt? {
    let now = clock.now
    let begun = attempts.begin(node, at: now) { number, timeout in
      Attempt(number, of: node, step, pointers, timeout: timeout, at: now, in: self)
    }
    guard let attempt = begun else { return nil }
    if let limit = attempt.timeout.attempt {
      attempts.time(attempt) {
        clock.after(limit) { [self] in
          let error = TimeoutError(limit: limit, isPerAttempt: true)
          if settle(attempt, error, isTimeout: true, { submit($0) }) { submit([.execute(node)]) }
        }
      }
    }
    if attempt.number == 1, let limit = attempt.timeout.node {
      attempts.time(node) { clock.after(limit) { [self] in expire(node, step, limit) } }
    }
    return attempt
  }

  /// A body has ended.
  ///
  /// - Returns: Whether the next attempt is to begin at once.
  private func conclude(_ attempt: Attempt, _ failure: (any Error)?, _ submit: Submit) -> Bool {
    if let failure { return settle(attempt, failure, isTimeout: false, submit) }
    guard let start = attempts.succeeded(attempt) else {
      attempt.drop()
      return false
    }
    attempt.deliver()
    finish(attempt.node, attempt.step, attempt: attempt.number, start: start, submit)
    return false
  }

  /// An attempt has failed, or its time is over.
  ///
  /// - Returns: Whether the next attempt is to begin at once.
  private func settle(
    _ attempt: Attempt, _ error: any Error, isTimeout: Bool, _ submit: Submit
  ) -> Bool {
    let node = attempt.node
    let isEnding = options.cancellation.isCancelled || state.withLock { $0.isStopped }
    let now = clock.now
    guard let (verdict, start) = attempts.failed(attempt, error, isLast: isEnding, at: now) else {
      return false
    }
    if isTimeout { attempt.stop() }
    var failed = FailedAttempt(
      number: attempt.number, duration: now - attempt.start, error: error, delay: nil)
    guard case .again(let delay) = verdict else {
      if !isCancellation(error) { ledger.withLock { $0.note(failed, of: node) } }
      record(attempt.number, of: node, error)
      end(node, attempt.step, error, attempt: attempt.number, start: start, submit)
      return false
    }
    failed.delay = delay
    ledger.withLock { $0.note(failed, of: node) }
    record(attempt.number, of: node, error, delay: delay)
    if events.isObserved {
      events.send(
        .attemptFailed(
          name: name(of: node), attempt: attempt.number, error: error, delay: delay))
    }
    if delay == .zero { return true }
    attempts.wait(node) {
      clock.after(delay) { [self] in
        if attempts.resume(node) { self.submit([.execute(node)]) }
      }
    }
    // The run may have been ended before the node was seen to wait.
    if state.withLock({ $0.isStopped }) { endWaits() }
    return false
  }

  /// A node's time is over, whatever it does.
  private func expire(_ node: Int, _ step: StepInput, _ limit: Duration) {
    guard let ended = attempts.end(node) else { return }
    ended.attempt?.stop()
    let error = TimeoutError(limit: limit, isPerAttempt: false)
    if let attempt = ended.attempt {
      let duration = clock.now - attempt.start
      ledger.withLock {
        $0.note(
          FailedAttempt(number: attempt.number, duration: duration, error: error, delay: nil),
          of: node)
      }
      record(attempt.number, of: node, error)
    }
    end(node, step, error, attempt: ended.count, start: ended.start) { submit($0) }
  }

  // MARK: The end of a run

  /// Ends the nodes that wait for their next attempt, since none begins any more.
  func endWaits() {
    for ended in attempts.endWaits() {
      note(ended.node, ended.count, ended.start)
      report({ submit($0) }) { $0.failed(ended.node, cancelled: true) }
    }
  }

  /// Tells attempts that run to end, and ends those that wait to begin.
  func endAttempts() {
    for attempt in attempts.current { attempt.stop() }
    endWaits()
  }
}
