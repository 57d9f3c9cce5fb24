import MillraceCoding
import Synchronization

extension ArtifactStore {
  /// Removes what nothing can reach, and what a policy lets go.
  ///
  /// What a name stands for now always stays, and so does what a live writer has recorded. Results go that
  /// no run and no name refers to, whose key was invalidated, or whose bytes are lost; objects without a
  /// record; what is left of incomplete ones; and, by the policy, runs with the results that only they used.
  /// Records that stay are written to new segments where others go, or where there are many small ones.
  ///
  /// Any number of processes may use the store meanwhile. Those that store results wait for as long as
  /// the clean-up takes. One that has found a result which is removed computes it again.
  ///
  /// - Parameters:
  ///   - dryRun: Whether to say what would go, and to change nothing.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/readOnly`` for a store that
  ///   can only be read, unless it is a dry run; ``StoreFailure/Code-swift.struct/unreadable`` if some of the
  ///   store cannot be read, before anything is removed; ``StoreFailure/Code-swift.struct/unwritable`` if
  ///   something cannot be written or removed.
  @discardableResult
  public func collectGarbage(
    _ policy: RetentionPolicy = RetentionPolicy(), dryRun: Bool = false
  ) throws -> GarbageReport {
    let start = ContinuousClock.now
    var report: GarbageReport
    if dryRun {
      try writer.gate.enter()
      defer { writer.gate.leave() }
      report = try StoreCleaning(of: self, policy).report
      report.isDryRun = true
    } else {
      try requireWritable()
      // What this value has written itself is as good as the work of others.
      try close()
      report = try writer.gate.excludingAll(flush: flush) {
        try StoreCleaning(of: self, policy).perform()
      }
      try refresh()
    }
    report.isWithinLimit = policy.maximumSize.map { report.sizeAfter <= $0 } ?? true
    report.duration = .now - start
    return report
  }

  /// The keys of the results that a run used, as far as it has said so.
  func usedKeys(of run: RunID) -> [Key] {
    // A listing that cannot be read keeps nothing; what its run made is known without it.
    (try? listing(of: run))??.nodes.compactMap(\.key) ?? []
  }
}
