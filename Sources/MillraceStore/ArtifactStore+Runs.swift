public import MillraceCoding

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
  /// - Parameters:
  ///   - listing: What took part in it. A large one becomes an object.
  ///   - view: A digest of all that decides which names stand for which keys; see ``lastView(of:)``.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``.
  public func endRun(
    _ run: RunID, status: RunStatus, counts: RunCounts, listing: RunListing? = nil,
    view: Digest? = nil
  ) throws {
    try endRun(
      run, status: status, counts: counts, encodedListing: listing.map { $0.encoded() }, view: view)
  }

  /// The same with a listing that ``ListingWriter`` has written.
  package func endRun(
    _ run: RunID, status: RunStatus, counts: RunCounts, encodedListing: [UInt8]?, view: Digest?
  ) throws {
    var stored = try encodedListing.flatMap { try keep($0) }
    stored?.view = view
    let time = clock.next()
    let end = { [stored] in
      RunEvent.end(run, status: status, counts: counts, listing: stored, time: time)
    }
    let isObject = stored.map { $0.inline == nil } ?? false
    try record(
      .runEnd(run, status, counts, stored), at: time, hasEntered: isObject, end
    )
  }

  /// What the log says of a run, or `nil` if it says nothing.
  public func run(_ id: RunID) -> RunRecord? {
    index.withLock { $0.events.run(id) }
  }

  /// All runs, the earliest first.
  public func runs() -> [RunRecord] {
    // Ids tell milliseconds apart, and runs may begin within one.
    index.withLock { $0.events.allRuns }.sorted { first, second in
      let times = (first.began ?? first.id.beginning, second.began ?? second.id.beginning)
      return times.0 == times.1 ? first.id < second.id : times.0 < times.1
    }
  }
}
