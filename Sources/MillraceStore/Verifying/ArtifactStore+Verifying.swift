import Synchronization

extension ArtifactStore {
  /// Reads everything that the store has and says what is not as it was written.
  ///
  /// All checksums and digests are computed; nothing is believed because it was right before. Processes that
  /// use the store meanwhile are not in the way: what they are about to write is no damage. Clean-ups wait.
  ///
  /// A repair removes what is broken, so that the next verification finds nothing: objects with wrong
  /// bytes, and records that cannot be read or whose artifact is lost, which it does by writing the
  /// whole records of their segments anew. What is whole stays, and what a live writer holds is left alone.
  /// A name whose last result is lost stands for the one before. Writers wait while a repair is at work.
  ///
  /// - Parameters:
  ///   - repairing: Whether to repair what is wrong.
  ///   - progress: Called after each object with how many of how many were read, on several threads.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/readOnly`` if there is
  ///   something to repair in a store that cannot be written, ``StoreFailure/Code-swift.struct/unreadable`` if
  ///   folders cannot be listed, and ``StoreFailure/Code-swift.struct/unwritable`` if a repair fails.
  public func verify(
    repairing: Bool = false,
    progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void = { _, _ in }
  ) throws -> VerificationReport {
    let start = ContinuousClock.now
    var report: VerificationReport
    if repairing {
      try requireWritable()
      // Its own records are as good as those of others, once they are a segment that nobody holds.
      try close()
      report = try writer.gate.excludingAll(flush: flush) {
        var audit = try StoreAudit(of: storage, progress: progress)
        try StoreRepair(storage: storage, options: options, clock: clock).perform(&audit)
        return audit.report
      }
      broken.withLock { $0 = [] }
      try refresh()
    } else {
      try writer.gate.enter()
      defer { writer.gate.leave() }
      report = try StoreAudit(of: storage, progress: progress).report
    }
    report.duration = .now - start
    return report
  }
}
