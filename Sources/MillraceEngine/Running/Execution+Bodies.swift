import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// Running bodies, and what becomes of the value. Nodes that are tried more than once, or have a time
// limit, are run in `Execution+Attempts.swift`.
extension Execution {
  /// Runs a node's body, whose inputs are where it runs; an asynchronous one as the returned closure.
  func executeBody(_ node: Int, _ submit: Submit) -> (@Sendable () async -> Void)? {
    let (step, pointers, isStopped, loop) = state.withLock {
      ($0.stepInput(node), $0.inputPointers(node), $0.isStopped, $0.runningLoop(of: node))
    }
    if let loop {
      runElements(of: loop, isStopped: isStopped, submit)
      return nil
    }
    if isStopped {
      // It was ready, and waited for a worker, when the run was ended.
      if step.hasAttemptPolicy {
        guard let ended = attempts.abandon(node) else { return nil }
        note(node, ended.count, ended.start)
      }
      report(submit) { $0.failed(node, cancelled: true) }
      return nil
    }
    if step.role == .twin {
      // The only input is the twin, whose value has the same type.
      step.definition.output.copy(pointers.addresses[0], to: step.cell)
      report(submit) { $0.executed(node, artifact: nil) }
      return nil
    }
    if step.hasAttemptPolicy { return executeInAttempts(node, step, pointers, submit) }
    let isTask = step.record.isTask
    if isTask && events.isObserved { sendStart(of: node) }
    switch body(of: node, step) {
    case .sync(let body):
      runSynchronously(node, step, pointers, body, submit)
      return nil
    case .async(let body):
      return { [self] in
        await runAsynchronously(node, step, pointers, body)
      }
    }
  }

  private func runSynchronously(
    _ node: Int, _ step: StepInput, _ pointers: InputPointers,
    _ body: @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void, _ submit: Submit
  ) {
    let start = clockIfTimed(step)
    do {
      if options.cancellation.isCancelled { throw CancellationError() }
      let source = try contextSource(node, step, attempt: 1, from: self)
      try withExtendedLifetime(source) {
        try body(inputs(node, pointers, source), step.cell)
      }
    } catch {
      record(1, of: node, error)
      return end(node, step, error, attempt: 1, start: start, submit)
    }
    finish(node, step, attempt: 1, start: start, submit)
  }

  private func runAsynchronously(
    _ node: Int, _ step: StepInput, _ pointers: InputPointers,
    _ body: @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void
  ) async {
    let start = clockIfTimed(step)
    do {
      try await cancellable(node) {
        let source = try contextSource(node, step, attempt: 1, from: self)
        defer { withExtendedLifetime(source) {} }
        try await body(inputs(node, pointers, source), step.cell)
      }
    } catch {
      record(1, of: node, error)
      return end(node, step, error, attempt: 1, start: start) { submit($0) }
    }
    finish(node, step, attempt: 1, start: start) { submit($0) }
  }

  private func inputs(
    _ node: Int, _ pointers: InputPointers, _ source: any TaskContextSource
  ) -> TaskInputs {
    TaskInputs(cells: pointers.addresses, source: source, node: node, attempt: 1)
  }

  /// Times are taken only where somebody will see them: reading the clock twice costs as much as
  /// scheduling a node.
  private func clockIfTimed(_ step: StepInput) -> Duration? {
    step.record.isTask && (events.isObserved || step.role == .stored) ? clock.now : nil
  }

  /// Stores a value that is to be stored, and reports it.
  ///
  /// - Parameter start: When the first attempt began, by the run's clock; nil where nobody asks.
  func finish(
    _ node: Int, _ step: StepInput, attempt: Int, start: Duration?, _ submit: Submit
  ) {
    do {
      // A value made of other bytes than the key says must not be found under it.
      if step.record.isTask { try checkFiles(of: node) }
      if step.farLane != nil { border?.adopt(node, attempt: attempt) }
      let further = step.record.isTask ? shelf.take(node, attempt: attempt) : []
      let artifact = try step.role == .stored ? store(node, step, start, further) : nil
      if artifact == nil && !further.isEmpty { try keep(further, of: node, step) }
      if let artifact, let checks = options.determinismChecks, checks.isCompared(node) {
        try restore(artifact, to: step)
      }
      if start != nil || attempt > 1 { note(node, attempt, start) }
      report(submit) { $0.executed(node, artifact: artifact, isAway: step.farLane != nil) }
    } catch {
      if step.farLane == nil {
        step.definition.output.destroy(step.cell)
      } else {
        border?.forget([node])
      }
      note(node, attempt, start)
      fail(node, error, attempt: attempt, submit)
    }
  }

  /// Ends a node whose last attempt failed: with a value all the same, where a modifier gives it one.
  func end(
    _ node: Int, _ step: StepInput, _ error: any Error, attempt: Int, start: Duration?,
    _ submit: Submit
  ) {
    note(node, attempt, start)
    _ = shelf.take(node, attempt: nil)
    guard !isCancellation(error), let fallback = state.withLock({ $0.fallback(of: node) }) else {
      return fail(node, error, attempt: attempt, submit)
    }
    fallback.initialize(step.cell)
    let failure = failure(of: node, error, attempt: attempt)
    ledger.withLock { $0.noteIgnored(failure, of: node) }
    report(submit) { $0.ignored(node) }
  }

  func note(_ node: Int, _ attempts: Int, _ start: Duration?) {
    let duration = start.map { clock.now - $0 } ?? .zero
    ledger.withLock { $0.note(attempts: attempts, duration: duration, of: node) }
  }

  /// Encodes a value, once, and saves it, and before it what else the body made.
  private func store(
    _ node: Int, _ step: StepInput, _ start: Duration?, _ further: [SavedArtifact]
  ) throws -> ArtifactRecord {
    let parts = ledger.withLock { $0.parts(of: node) }
    let (name, key) = state.withLock { ($0.name(of: node), $0.keys[node]) }
    let output = step.definition.output
    guard let key, let codec = output.codec else {
      throw PipelineError(
        .internalFault, "Node '\(name)' was to be stored and has no key or codec.")
    }
    var facts = ArtifactFacts(
      codec: codec.id, encodedParts: parts, task: step.definition.id.description, node: name,
      run: id, durationNanoseconds: (start.map { clock.now - $0 } ?? .zero).nanoseconds)
    facts.pipeline = options.pipeline
    encodes.add(1, ordering: .relaxed)
    do {
      if !further.isEmpty && options.determinismChecks == nil {
        facts.further = try store.save(further, of: key, facts)
        hasFurtherOutputs.store(true, ordering: .relaxed)
      }
      if let known = border?.encoding(of: node) {
        facts.files = known.files
        return try known.bytes.withUnsafeBytes {
          try keep($0, of: node, named: name, for: key, facts)
        }
      }
      let recorder = FileDigests.Recorder(digests)
      return try FileDigests.$recorder.withValue(recorder) {
        let record = try output.withEncoded(step.cell) { bytes in
          facts.files = recorder.files
          return try keep(bytes, of: node, named: name, for: key, facts)
        }
        guard let record else {
          throw PipelineError(.internalFault, "Node '\(name)' was to be stored and has no codec.")
        }
        return record
      }
    } catch {
      throw failureOfStoring(error, node: name)
    }
  }

  /// What is said where a node has run and its value cannot be stored.
  func failureOfStoring(_ error: any Error, node name: String) -> any Error {
    switch error {
    case let error as StoreFailure:
      PipelineError(
        .output, "The value of node '\(name)' cannot be stored; check the store '\(store.place)'.",
        node: name, cause: error)
    case let error as EncodingError:
      PipelineError(
        .coding,
        "The value of node '\(name)' cannot be encoded; make its type encode every value it can have.",
        node: name, cause: error)
    default: error
    }
  }

  /// Puts what is stored in the place of what a body has just made: consumers are compared on the values
  /// that their results were made of.
  private func restore(_ artifact: ArtifactRecord, to step: StepInput) throws {
    guard step.farLane == nil else { return }
    let output = step.definition.output
    let stored = UnsafeMutableRawPointer.allocate(byteCount: Cell.size, alignment: Cell.size)
    defer { stored.deallocate() }
    try output.decode(store.load(artifact), into: stored)
    output.destroy(step.cell)
    output.copy(stored, to: step.cell)
    output.destroy(stored)
  }

  /// Saves a value's bytes; of a node that only runs to be compared, compares them.
  private func keep(
    _ bytes: UnsafeRawBufferPointer, of node: Int, named name: String, for key: Key,
    _ facts: ArtifactFacts
  ) throws -> ArtifactRecord {
    try options.determinismChecks?.compare(node, named: name, bytes)
      ?? store.save(bytes, for: key, facts: facts)
  }

  func sendStart(of node: Int) {
    events.send(.began(node: Int32(truncatingIfNeeded: node)))
  }
}

extension Execution: NodeNaming {
  func name(of node: Int) -> String {
    if let names = flow?.names { return names.name(of: node) }
    settle()
    return state.withLock { $0.name(of: node) }
  }

  func taskName(of node: Int) -> String {
    if let flow = flow?.flow { return (flow.slots + node).record.definition.name }
    return state.withLock { $0.table.records[node].definition.name }
  }
}

extension Execution: TaskContextSource {
  func context(ofNode node: Int, attempt: Int) -> TaskContext {
    settle()
    let (name, key, record) = state.withLock { state in
      (
        state.name(of: node), (flow?.records?.key(of: node) ?? state.keys[node])?.digest,
        StepRecord(record: state.table.records[node])
      )
    }
    let attributes = record.definition.attributes
    let environment = attributes.environment.map { ($0, options.environment($0)) }
    var context = TaskContext(
      run: id.description, node: name, attempt: attempt,
      environment: Dictionary(environment.compactMap { name, value in value.map { (name, $0) } }) {
        first, _ in first
      },
      cancellation: options.cancellation, clock: options.clock,
      log: log(ofNode: name, attempt: attempt),
      artifacts: TaskArtifacts(in: shelf, node: node, attempt: attempt))
    context.makeSeed = { [self] in
      let origin = key ?? state.withLock { $0.identity(of: node) }
      return SHA256.taskSeed(origin, seed: attributes.randomness ? options.seed : nil)
    }
    return context
  }
}

extension Execution {
  private func log(ofNode name: String, attempt: Int) -> TaskLog {
    guard events.isObserved else { return .none }
    return TaskLog { [events] line in
      events.send(.logged(name: name, attempt: attempt, line: line))
    }
  }
}

private struct StepRecord: @unchecked Sendable {
  // Records are immutable.
  let record: UnsafePointer<NodeRecord>
  var definition: TaskDefinition { record.definition }
}

extension Duration {
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    return UInt64(max(0, seconds)) &* 1_000_000_000 &+ UInt64(max(0, attoseconds) / 1_000_000_000)
  }
}
