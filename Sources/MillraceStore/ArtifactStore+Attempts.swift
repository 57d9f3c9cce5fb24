extension ArtifactStore {
  /// Records that an attempt of a node has failed.
  ///
  /// - Parameters:
  ///   - number: Which attempt it was, from 1.
  ///   - error: What went wrong, in words without values of inputs: they stay as long as the store.
  ///   - delayNanoseconds: The wait before the next attempt; `nil` if there is none.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``.
  public func recordAttempt(
    _ number: Int, of node: String, in run: RunID, error: String, isTimeout: Bool = false,
    delayNanoseconds: UInt64? = nil
  ) throws {
    let attempt = AttemptRecord(
      run: run, node: node, number: number, error: error, isTimeout: isTimeout,
      delayNanoseconds: delayNanoseconds, time: clock.next())
    try record(.attempt(attempt), at: attempt.time) { attempt.encoded() }
  }

  /// The attempts of a run that failed, in the order in which they did; empty for a run that the log does
  /// not know.
  ///
  /// A node that ended well after *n* failures has *n* of them, and its result is attempt *n* + 1.
  public func failedAttempts(in run: RunID) -> [AttemptRecord] {
    index.withLock { $0.events.attempts(in: run) }
  }
}
