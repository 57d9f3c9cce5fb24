extension ArtifactStore {
  /// A new identity for a run that begins now. Nothing is recorded.
  public func makeRunID() -> RunID {
    RunID(
      milliseconds: options.wallClock() / 1_000_000, random: (options.random(), options.random()))
  }

  /// Records that a run has begun.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``.
  public func beginRun(_ run: RunID, pipeline: String) throws {
    let time = clock.next()
    try record(.runStart(run, pipeline: pipeline), at: time) {
      RunEvent.start(run, pipeline: pipeline, time: time)
    }
  }

  /// Records how a run has ended.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``.
  public func endRun(_ run: RunID, status: RunStatus, counts: RunCounts) throws {
    let time = clock.next()
    try record(.runEnd(run, status, counts), at: time) {
      RunEvent.end(run, status: status, counts: counts, time: time)
    }
  }

  /// What the log says of a run, or `nil` if it says nothing.
  public func run(_ id: RunID) -> RunRecord? {
    index.withLock { $0.events.run(id) }
  }

  /// All runs, the earliest first.
  public func runs() -> [RunRecord] {
    index.withLock { $0.events.allRuns }.sorted { $0.id < $1.id }
  }
}
