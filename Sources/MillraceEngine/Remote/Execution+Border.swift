import MillraceCoding
import MillraceGraph
import Synchronization

// Steps of a run of which some bodies run in other processes.
extension Execution {
  /// Runs a node's body, after its inputs were brought to where it runs; what takes time is the returned
  /// closure.
  func execute(_ node: Int, _ submit: Submit) -> (@Sendable () async -> Void)? {
    guard border != nil else { return executeBody(node, submit) }
    let (isStopped, isView, lane, away) = state.withLock {
      ($0.isStopped, $0.isView(node), $0.farLane(of: node), $0.inputsAway(of: node))
    }
    if isStopped { return executeBody(node, submit) }
    if isView {
      report(submit) { $0.executed(node, artifact: nil, isAway: true) }
      return nil
    }
    if lane == nil {
      do {
        if try away.allSatisfy({ try bringNow($0) }) { return executeBody(node, submit) }
      } catch {
        unprepared(node, error, submit)
        return nil
      }
    }
    return { [self] in
      do {
        if let lane {
          try await send(inputsOf: node, to: lane)
        } else {
          for source in away { try await bring(source) }
        }
      } catch {
        return unprepared(node, error) { self.submit($0) }
      }
      if let rest = executeBody(node, { self.submit($0) }) { await rest() }
    }
  }

  /// A node's inputs did not get to where it runs.
  private func unprepared(_ node: Int, _ error: any Error, _ submit: Submit) {
    // It may be the wait before a further attempt that has ended.
    guard let ended = attempts.abandon(node) else { return }
    let step = state.withLock { $0.stepInput(node) }
    end(node, step, error, attempt: ended.count, start: ended.start, submit)
  }

  /// What runs as a node's body: in another process, a call there.
  func body(of node: Int, _ step: StepInput) -> TaskDefinition.Body {
    guard let lane = step.farLane else { return step.definition.body }
    return .async { [self] inputs, _ in try await call(node, attempt: inputs.attempt, on: lane) }
  }

  /// Brings what tells a node's further inputs into its cell.
  func bring(_ node: Int, _ submit: Submit) -> (@Sendable () async -> Void)? {
    guard let source = state.withLock({ $0.sourceAway(of: node) }) else {
      report(submit) { $0.brought(node) }
      return nil
    }
    return now(node, submit) {
      guard try bringNow(source) else { return false }
      report(submit) { $0.brought(node) }
      return true
    } otherwise: { [self] in
      try await bring(source)
      report({ self.submit($0) }) { $0.brought(node) }
    }
  }

  /// As `digest`, of a value that may be away, and with the encoding that crosses.
  func digestAtBorder(_ node: Int, _ submit: Submit) -> (@Sendable () async -> Void)? {
    let (step, isView) = state.withLock { ($0.stepInput(node), $0.isView(node)) }
    return now(node, submit) {
      if step.definition.output.codec == nil {
        report(submit) { $0.digested(node, nil) }
        return true
      }
      // Constants do not cross.
      if try step.role == .constant || isView && bringNow(node) {
        digest(node, submit)
        return true
      }
      guard !isView, let encoding = try encodingNow(of: node) else { return false }
      digested(node, encoding, submit)
      return true
    } otherwise: { [self] in
      if isView {
        try await bring(node)
        digest(node) { self.submit($0) }
      } else {
        digested(node, try await encoding(of: node)) { self.submit($0) }
      }
    }
  }

  /// Does a step of a node at once, if that takes no wait; what either closure throws is the node's failure.
  ///
  /// - Parameter step: Returns whether it is done.
  /// - Returns: What to do if it is not.
  private func now(
    _ node: Int, _ submit: Submit, _ step: () throws -> Bool,
    otherwise: @escaping @Sendable () async throws -> Void
  ) -> (@Sendable () async -> Void)? {
    do {
      if try step() { return nil }
    } catch {
      fail(node, error, attempt: nil, submit)
      return nil
    }
    return { [self] in
      do {
        try await otherwise()
      } catch {
        fail(node, error, attempt: nil) { self.submit($0) }
      }
    }
  }

  private func digested(_ node: Int, _ encoding: Border.Encoding, _ submit: Submit) {
    if !encoding.files.isEmpty { ledger.withLock { $0.note(files: encoding.files, of: node) } }
    report(submit) { $0.digested(node, .digest(.sha256(encoding.bytes))) }
  }

  /// Brings what was asked for into its cell, and ends the connections.
  func closeBorder() async {
    guard let border else { return }
    for node in border.kept.sorted() {
      do {
        guard state.withLock({ $0.away.contains(node) }) else { continue }
        try await bring(node)
      } catch {
        _ = note(error, of: node, attempt: nil)
        state.withLock { $0.lost(node) }
      }
    }
    border.close()
  }
}
