import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// Nodes whose values are stored: each is looked up when its inputs are known, and runs if it is not there.
extension FlowRun {
  /// What is to be done with a node whose inputs are known.
  private enum Step {
    /// Nothing: it is known what it contributes.
    case known
    /// Nothing by this worker: it failed, it waits for another, or the run ends here.
    case left
    case run
  }

  /// Does all of a node with a synchronous body.
  ///
  /// - Returns: Whether it is done.
  func performStored(_ node: Int, _ records: FlowRecords, _ worker: FlowWorker, _ fail: Fail)
    -> Bool
  {
    switch prepare(node, records, worker) {
    case .known: return true
    case .left: return false
    case .run: break
    }
    let record = (flow.slots + node).record
    let start = beginStored(node, records)
    do {
      try record.pointee.definition._withUnsafeGuaranteedRef {
        try $0.callSynchronously(inputs(of: node, record, worker), flow.cell(node))
      }
    } catch {
      end(node, error, since: start, records, isOfBody: true, fail)
      return false
    }
    return save(node, since: start, records, worker, fail)
  }

  /// Does all of a node with an asynchronous body.
  ///
  /// - Returns: Whether it is done.
  func performStored(
    _ node: Int, _ records: FlowRecords, _ worker: FlowWorker,
    awaiting body: @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void,
    _ fail: Fail
  ) async -> Bool {
    switch prepare(node, records, worker) {
    case .known: return true
    case .left: return false
    case .run: break
    }
    let record = (flow.slots + node).record
    let start = beginStored(node, records)
    do {
      try await body(inputs(of: node, record, worker), flow.cell(node))
    } catch {
      end(node, error, since: start, records, isOfBody: true, fail)
      return false
    }
    return save(node, since: start, records, worker, fail)
  }

  private func prepare(_ node: Int, _ records: FlowRecords, _ worker: FlowWorker) -> Step {
    switch records.fates[node] {
    case .hit, .executed, .failed, .constant, .miss: break
    case .list: records.noteList(node)
    case .twin:
      if let maker = records.maker(of: node), !takeResult(of: maker, for: node, records, worker) {
        return .left
      }
    case .open:
      guard look(up: node, records, worker) else { return .left }
    }
    do {
      if records.fates[node] == .miss {
        try records.bringInputs(of: node)
        return .run
      }
      if records.isKept(node) { try records.bring(node) }
    } catch {
      // What is damaged or gone is made again, for which more may be needed than was planned.
      leaveShortWay(records)
      return .left
    }
    end(node, records, worker)
    return .known
  }

  /// Computes the key of a node and looks it up.
  ///
  /// - Returns: Whether it is known what is to be done.
  private func look(up node: Int, _ records: FlowRecords, _ worker: FlowWorker) -> Bool {
    guard let key = worker.walk(records).key(of: node) else {
      leaveShortWay(records)
      return false
    }
    // Claimed first: between looking and claiming another worker may have stored it.
    let maker = records.claim(node, key)
    if let maker { return takeResult(of: maker, for: node, records, worker) }
    switch records.store.finding(of: key) {
    case .plain(let artifact, let size, _):
      records.becomeHit(node, artifact, size: size)
      worker.hits += 1
      watch?.hit(node, size: size)
    case .nothing: records.noteMiss(node)
    case .toBeChecked:
      leaveShortWay(records)
      return false
    }
    return true
  }

  /// Makes a node a hit once the maker of its key has a result; until then it is put in line.
  ///
  /// - Returns: Whether there is one.
  private func takeResult(
    of maker: Int, for node: Int, _ records: FlowRecords, _ worker: FlowWorker
  ) -> Bool {
    records.noteTwin(node)
    (flow.slots + node).knownInputs = (flow.slots + node).record.inputCount
    let isWaiting = (flow.slots + maker).await(
      by: Int32(truncatingIfNeeded: node), flow.slots + node)
    if isWaiting { return false }
    records.becomeHit(node, of: maker)
    worker.hits += 1
    watch?.hit(node, size: records.size(of: node))
    return true
  }

  /// Encodes a value, once, and saves it.
  ///
  /// - Returns: Whether that went well.
  private func save(
    _ node: Int, since start: Duration, _ records: FlowRecords, _ worker: FlowWorker, _ fail: Fail
  ) -> Bool {
    do {
      let artifact = try records.save(node, named: name(of: node, worker), worker, since: start)
      records.notePresence(node)
      records.becomeExecuted(node, artifact.digest, size: artifact.size)
      let duration = (records.clock.now - start).nanoseconds
      records.durations[node] = duration
      watch?.executed(node, duration, size: artifact.size)
    } catch {
      (flow.slots + node).record.definition.output.destroy(flow.cell(node))
      end(node, error, since: start, records, isOfBody: false, fail)
      return false
    }
    worker.executed += 1
    // Files that a value names are checked by who takes it.
    if records.digests.isUsed { leaveShortWay(records) }
    end(node, records, worker)
    return true
  }

  private func name(of node: Int, _ worker: FlowWorker) -> String {
    names.map { worker.name(of: node, $0) } ?? naming.name(of: node)
  }

  private func beginStored(_ node: Int, _ records: FlowRecords) -> Duration {
    watch?.tellStart(of: node)
    return records.clock.now
  }

  /// Ends a node of which it is known what it contributes.
  private func end(_ node: Int, _ records: FlowRecords, _ worker: FlowWorker) {
    worker.performed += 1
    if (flow.slots + node).isConcernedByDrops { records.release(node) }
  }

  private func end(
    _ node: Int, _ error: any Error, since start: Duration, _ records: FlowRecords, isOfBody: Bool,
    _ fail: Fail
  ) {
    records.noteFailure(node)
    records.durations[node] = (records.clock.now - start).nanoseconds
    fail(node, error, isOfBody)
  }

  private func leaveShortWay(_ records: FlowRecords) {
    records.needsLongWay.store(true, ordering: .relaxed)
    stop()
  }
}
