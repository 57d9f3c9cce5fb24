import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// Running bodies: attempts, and what becomes of the value.
extension Execution {
  /// Runs a node's body; an asynchronous one as the returned closure.
  func execute(_ node: Int, _ submit: Submit) -> (@Sendable () async -> Void)? {
    let (step, pointers, isStopped) = state.withLock {
      ($0.stepInput(node), $0.inputPointers(node), $0.isStopped)
    }
    if isStopped {
      // It was ready, and waited for a worker, when the run was ended.
      report(submit) { $0.failed(node, cancelled: true) }
      return nil
    }
    if step.role == .twin {
      // The only input is the twin, whose value has the same type.
      step.definition.output.copy(pointers.addresses[0], to: step.cell)
      report(submit) { $0.executed(node, artifact: nil) }
      return nil
    }
    let isTask = step.definition.isTask
    if isTask && events.isObserved { events.send(.nodeStarted(name: name(of: node))) }
    switch step.definition.body {
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
    var attempt = 1
    while true {
      do {
        try checkCancellation()
        try body(inputs(node, step, pointers, attempt), step.cell)
        return finish(node, step, attempt: attempt, start: start, submit)
      } catch {
        guard shouldRetry(node, step, after: error, attempt) else {
          return end(node, error, attempt, start, submit)
        }
        attempt += 1
      }
    }
  }

  private func runAsynchronously(
    _ node: Int, _ step: StepInput, _ pointers: InputPointers,
    _ body: @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void
  ) async {
    let start = clockIfTimed(step)
    var attempt = 1
    while true {
      do {
        try await cancellable(node) {
          try await body(inputs(node, step, pointers, attempt), step.cell)
        }
        return finish(node, step, attempt: attempt, start: start) { submit($0) }
      } catch {
        guard shouldRetry(node, step, after: error, attempt) else {
          return end(node, error, attempt, start) { submit($0) }
        }
        attempt += 1
      }
    }
  }

  private func inputs(
    _ node: Int, _ step: StepInput, _ pointers: InputPointers, _ attempt: Int
  ) throws -> TaskInputs {
    let source: any TaskContextSource =
      if let plugin { try initialized(node, step, attempt, by: plugin) } else { self }
    return TaskInputs(cells: pointers.addresses, source: source, node: node, attempt: attempt)
  }

  private func checkCancellation() throws {
    if options.cancellation.isCancelled { throw CancellationError() }
  }

  private func shouldRetry(
    _ node: Int, _ step: StepInput, after error: any Error, _ attempt: Int
  ) -> Bool {
    guard attempt < step.retry.attempts, !options.cancellation.isCancelled,
      !(error is CancellationError)
    else { return false }
    if events.isObserved {
      events.send(.attemptFailed(name: name(of: node), attempt: attempt, error: error))
    }
    return true
  }

  /// Times are taken only where somebody will see them: reading the clock twice costs as much as
  /// scheduling a node.
  private func clockIfTimed(_ step: StepInput) -> ContinuousClock.Instant? {
    step.definition.isTask && (events.isObserved || step.role == .stored) ? .now : nil
  }

  /// Stores a value that is to be stored, and reports it.
  private func finish(
    _ node: Int, _ step: StepInput, attempt: Int, start: ContinuousClock.Instant?, _ submit: Submit
  ) {
    do {
      // A value made of other bytes than the key says must not be found under it.
      if step.definition.isTask { try checkFiles(of: node) }
      let artifact = try step.role == .stored ? store(node, step, start) : nil
      if start != nil || attempt > 1 { note(node, attempt, start) }
      report(submit) { $0.executed(node, artifact: artifact) }
    } catch {
      step.definition.output.destroy(step.cell)
      end(node, error, attempt, start, submit)
    }
  }

  private func end(
    _ node: Int, _ error: any Error, _ attempt: Int, _ start: ContinuousClock.Instant?,
    _ submit: Submit
  ) {
    note(node, attempt, start)
    fail(node, error, attempt: attempt, submit)
  }

  private func note(_ node: Int, _ attempts: Int, _ start: ContinuousClock.Instant?) {
    let duration = start.map { ContinuousClock.now - $0 } ?? .zero
    ledger.withLock {
      $0[node].attempts = attempts
      $0[node].duration = duration
      $0[node].parts = []
    }
  }

  /// Encodes a value, once, and saves it.
  private func store(
    _ node: Int, _ step: StepInput, _ start: ContinuousClock.Instant?
  ) throws -> ArtifactRecord {
    let entry = ledger.withLock { $0[node] }
    let (name, key) = state.withLock { ($0.name(of: node), $0.keys[node]) }
    let output = step.definition.output
    guard let key, let codec = output.codec else {
      throw PipelineError(
        .internalFault, "Node '\(name)' was to be stored and has no key or codec.")
    }
    var facts = ArtifactFacts(
      codec: codec.id, encodedParts: entry.parts, task: step.definition.id.description, node: name,
      run: id, durationNanoseconds: (start.map { ContinuousClock.now - $0 } ?? .zero).nanoseconds)
    encodes.add(1, ordering: .relaxed)
    do {
      let recorder = FileDigests.Recorder()
      return try FileDigests.$current.withValue(digests) {
        try FileDigests.$recorder.withValue(recorder) {
          let record = try output.withEncoded(step.cell) { bytes in
            facts.files = recorder.files
            return try store.save(bytes, for: key, facts: facts)
          }
          guard let record else {
            throw PipelineError(.internalFault, "Node '\(name)' was to be stored and has no codec.")
          }
          return record
        }
      }
    } catch let error as StoreFailure {
      throw PipelineError(
        .output, "The value of node '\(name)' cannot be stored; check the store '\(store.place)'.",
        node: name, cause: error)
    } catch let error as EncodingError {
      throw PipelineError(
        .coding,
        "The value of node '\(name)' cannot be encoded; make its type encode every value it can have.",
        node: name, cause: error)
    }
  }

  func name(of node: Int) -> String { state.withLock { $0.name(of: node) } }
}

extension Execution: TaskContextSource {
  func context(ofNode node: Int, attempt: Int) -> TaskContext {
    let (name, origin, record) = state.withLock { state in
      let key = state.keys[node]?.digest
      return (
        state.name(of: node), key ?? state.identity(of: node),
        StepRecord(record: state.table.records[node])
      )
    }
    let attributes = record.definition.attributes
    let environment = attributes.environment.map { ($0, options.environment($0)) }
    return TaskContext(
      run: id.description, node: name, attempt: attempt,
      environment: Dictionary(environment.compactMap { name, value in value.map { (name, $0) } }) {
        first, _ in first
      },
      seed: SHA256.taskSeed(origin, seed: attributes.randomness ? options.seed : nil),
      cancellation: options.cancellation)
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
