import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// What each action does. A step takes what it needs from the state, works without the lock, and reports.
extension Execution {
  typealias Submit = ([RunState.Action]) -> Void

  /// - Parameter submit: Receives the actions that follow.
  /// - Returns: The asynchronous rest of the step, if there is one; it submits on its own.
  func perform(
    _ action: RunState.Action, _ submit: Submit
  ) -> (@Sendable () async -> Void)? {
    switch action {
    case .resolve(let node): resolve(node, submit)
    case .load(let node): load(node, submit)
    case .digest(let node):
      if border != nil { return digestAtBorder(node, submit) }
      digest(node, submit)
    case .bring(let node): return bring(node, submit)
    case .execute(let node):
      return control == nil ? execute(node, submit) : executeAdmitted(node, submit)
    }
    return nil
  }

  private func resolve(_ node: Int, _ submit: Submit) {
    let (step, inputs) = state.withLock { ($0.stepInput(node), $0.inputParts(of: node)) }
    do {
      let (outcome, files) = try keyMaker.key(of: step.record, inputs: inputs)
      switch outcome {
      case .unkeyed(let input):
        report(submit) { $0.unkeyed(node, input: input) }
      case .keyed(let key, let encodedParts):
        let isStored = step.role == .stored
        let artifact = isStored ? hit(of: node, for: key) : nil
        let isKept = !isStored && mayStore
        let hasFiles = mayStore && !files.isEmpty
        if isKept || hasFiles || artifact == nil && (isStored || digests.isUsed) {
          ledger.withLock {
            if isStored && artifact == nil { $0.note(parts: encodedParts, of: node) }
            if isKept { $0.keep(parts: encodedParts, of: node) }
            $0.note(files: files, of: node)
          }
        }
        if options.explainsNodes && isStored && artifact == nil { noteReason(of: node, key) }
        report(submit) { $0.resolved(node, key: key, artifact: artifact) }
      }
    } catch {
      fail(node, error, attempt: nil, submit)
    }
  }

  /// Whether a node runs although it has a result.
  func isForced(_ node: Int) -> Bool {
    state.withLock { $0.table.attributes[node]?.isForced == true }
  }

  /// The store's record of a key, unless it would be wrong to use it.
  private func hit(of node: Int, for key: Key) -> ArtifactRecord? {
    guard !isForced(node), let record = store.find(key), store.isReadable(record) else {
      return nil
    }
    if let checks = options.determinismChecks,
      checks.takes(node, named: state.withLock({ $0.name(of: node) }), record)
    {
      return nil
    }
    // What is shown after the run is read then, when it is too late to make it again.
    if isShown(node, record), (try? store.load(record)) == nil { return nil }
    // The artifact may name input files that have changed since, or have lost further outputs.
    let facts = record.facts
    if !facts.further.isEmpty {
      guard store.furtherRecords(of: facts.further) != nil else { return nil }
      hasFurtherOutputs.store(true, ordering: .relaxed)
    }
    guard !facts.files.isEmpty else { return record }
    return (try? digests.check(facts.files)) == nil ? nil : record
  }

  private func load(_ node: Int, _ submit: Submit) {
    let step = state.withLock { $0.stepInput(node) }
    do {
      guard let artifact = step.artifact else {
        throw PipelineError(.internalFault, "A value was to be loaded without a record of it.")
      }
      try step.definition.output.decode(store.load(artifact), into: step.cell)
      report(submit) { $0.loaded(node) }
    } catch {
      // The store has warned of missing or damaged bytes; other bytes are those of an older type.
      noteWork()
      report(submit) { $0.unreadable(node) }
    }
  }

  func digest(_ node: Int, _ submit: Submit) {
    let (step, value) = state.withLock { ($0.stepInput(node), CellAddress($0.valuePointer(node))) }
    do {
      let (digest, files) = try keyMaker.digest(of: value.pointer, as: step.definition.output)
      if digests.isUsed { ledger.withLock { $0.note(files: files, of: node) } }
      report(submit) { $0.digested(node, digest.map { .digest($0) }) }
    } catch {
      fail(node, error, attempt: nil, submit)
    }
  }

  /// Ends a node's step with an error.
  func fail(_ node: Int, _ error: any Error, attempt: Int?, _ submit: Submit) {
    let isFailure = note(error, of: node, attempt: attempt)
    var isStopped = false
    report(submit) { state in
      let policy = state.table.attributes[node]?.failure ?? options.failurePolicy
      isStopped = isFailure && policy == .failFast
      state.failed(node, cancelled: !isFailure)
      if isStopped { state.stop() }
    }
    if isStopped {
      endWaits()
      endAdmission()
    }
  }

  /// Notes why a node ended.
  ///
  /// - Returns: False if that is no failure, but the end of a cancelled run.
  func note(_ error: any Error, of node: Int, attempt: Int?) -> Bool {
    if isCancellation(error) { return false }
    let failure = failure(of: node, error, attempt: attempt)
    ledger.withLock { $0.note(failure, of: node) }
    return true
  }

  /// Whether an error only says that the run was cancelled.
  func isCancellation(_ error: any Error) -> Bool {
    error is CancellationError && options.cancellation.isCancelled
  }

  /// An error with the node that it belongs to.
  func failure(of node: Int, _ error: any Error, attempt: Int?) -> PipelineError {
    let (name, places) = state.withLock { ($0.name(of: node), $0.places(of: node)) }
    var failure: PipelineError
    if let known = error as? PipelineError {
      failure = known
      failure.node = failure.node ?? name
      if !places.isEmpty { failure.message += " (This is\(places.clause).)" }
    } else {
      let (code, what): (PipelineError.Code, String) =
        error is TimeoutError ? (.timedOut, "ran out of time") : (.taskFailed, "failed")
      failure = PipelineError(
        code, "Node '\(name)' \(what)\(places.clause)\(Self.describe(attempt)): \(error)",
        node: name, attempt: attempt, cause: error)
    }
    failure.places = places
    return failure
  }

  private static func describe(_ attempt: Int?) -> String {
    guard let attempt, attempt > 1 else { return "" }
    return " in attempt \(attempt)"
  }
}

/// An address that crosses a lock's border: who holds it keeps the cell alive.
struct CellAddress: @unchecked Sendable {
  // Immutable.
  let pointer: UnsafeRawPointer
  init(_ pointer: UnsafeRawPointer) { self.pointer = pointer }
}
