import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

// Names, and what the log gets to know of a run's nodes.
extension Execution {
  /// Whether a result can be stored in this run, so that it is worth saying what was used. A run in which
  /// nothing can be is only counted.
  var hasListing: Bool {
    flow?.flow.isStored ?? state.withLock { $0.table.roles.contains(.stored) }
  }

  /// What took part in the run, as it is recorded.
  private func encodedListing() -> [UInt8] { flow?.encodedListing() ?? listing().encoded() }

  private func listing() -> RunListing {
    settle()
    return state.withLock { state in
      state.settleLoops()
      return ledger.withLock { ledger in
        state.listing { (ledger.keptParts(of: $0), ledger[$0].files) }
      }
    }
  }

  func view() -> Digest {
    if let part = flow, part.flow.arena != nil, let records = part.records { return records.view() }
    settle()
    return state.withLock { $0.view() }
  }

  /// Records names that stand for something else, and how the run ended.
  ///
  /// A run that computed nothing and whose names all stand for what they should writes nothing.
  func recordEnd(_ outcome: RunResult) throws {
    guard !store.isReadOnly, options.determinismChecks == nil else { return }
    let isClean = hasListing && outcome.status == .succeeded
    // What waits reaches the medium while it is said what there was.
    if hasRecord { try store.beginFlush() }
    let account = hasRecord && isClean ? flow?.account() : nil
    let view = isClean ? account?.view ?? view() : nil
    if let view, !hasRecord, view == store.lastView(of: options.pipeline) { return }
    let unbound = try unboundNames()
    if !hasRecord && unbound.isEmpty { return }
    try beginRecord()
    for (name, artifact) in unbound {
      do {
        try store.bind(name, to: artifact, run: id)
      } catch let failure as StoreFailure where failure.code == .missing {
        // A clean-up has removed what was found, as if it had come after the run.
      }
    }
    try store.endRun(
      id, status: outcome.status,
      counts: RunCounts(
        nodes: outcome.nodes, executed: outcome.executed, hits: outcome.hits,
        failed: outcome.failed),
      encodedListing: hasListing ? account?.listing ?? encodedListing() : nil, view: view)
    try store.flush()
  }
}
