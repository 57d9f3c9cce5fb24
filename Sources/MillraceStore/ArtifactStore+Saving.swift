public import MillraceCoding
import Synchronization

extension ArtifactStore {
  /// Stores a result and makes it what its key stands for.
  ///
  /// Up to ``StoreOptions/inlineLimit`` bytes travel in the log's record, more become an object.
  /// The result can be found at once in this value, and in other processes once it is flushed.
  ///
  /// If the key already has a result with other bytes, both stay in the log as evidence, the new
  /// one counts from now on, and a ``StoreWarning`` says that the task is not deterministic.
  ///
  /// - Parameters:
  ///   - bytes: The encoded value; not kept after the call.
  ///   - key: What decided the value.
  ///   - facts: What else to record.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/readOnly`` or
  ///   ``StoreFailure/Code-swift.struct/unwritable``.
  @discardableResult
  public func save(
    _ bytes: UnsafeRawBufferPointer, for key: Key, facts: ArtifactFacts
  ) throws -> ArtifactRecord {
    try requireWritable()
    let isInline = bytes.count <= options.inlineLimit
    let artifact = try isInline ? Digest.sha256(bytes) : putGuarded(bytes)
    let time = clock.next()
    let payload = ArtifactCoding.encode(
      bytes, inline: isInline, artifact: artifact, key: key, time: time, facts: facts)
    let place = try writer.append(payload, isGuarded: !isInline)
    var entry = RecordIndex.Entry(
      key: key, artifact: artifact, time: time, segment: place.segment, payload: place.payload)
    entry.setName(facts.pipeline.map { NameHash(pipeline: $0, node: facts.node) })
    if let scan = payload.withUnsafeBytes({ ArtifactScan($0) }) { entry.setContent(scan) }
    let before = index.withLock { [entry] index in
      let before = index.find(key).map { index.entries[Int($0)].artifact }
      index.merge(entry)
      return before
    }
    if let before, before != artifact { reportConflict(of: key) }
    return ArtifactRecord(key: key, artifact: artifact, time: time, payload: payload[...])
  }

  /// Warns that a key has results that differ, if it still has.
  func reportConflict(of key: Key) {
    if let conflict = conflict(of: key) { warn(StoreWarning(.differingResults, "\(conflict)")) }
  }

  /// Puts an object, and enters the writer's gate for the record that is going to refer to it.
  ///
  /// - Returns: Its digest.
  func putGuarded(_ bytes: UnsafeRawBufferPointer) throws -> Digest {
    try writer.gate.enter()
    do {
      var isBroken = false
      let artifact = try storage.blobs.put(
        hashing: bytes, syncing: options.syncPolicy != .none
      ) { artifact in
        isBroken = broken.withLock { $0.contains(artifact) }
        return isBroken
      }
      if isBroken { broken.withLock { _ = $0.remove(artifact) } }
      return artifact
    } catch {
      writer.gate.leave()
      throw error
    }
  }

  /// Forgets a key's results: they are not found any more, here and in later runs.
  ///
  /// The records and artifacts stay in the log; only results saved later count. In a store that
  /// is read-only or cannot be written any more, the results are forgotten by this value alone.
  ///
  /// - Parameter reason: Why, in a few words, for the history.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable`` if the
  ///   invalidation could not be recorded; this value has forgotten the results even then.
  public func invalidate(_ key: Key, reason: String, run: RunID? = nil) throws {
    let time = clock.next()
    let record = InvalidationRecord(key: key, reason: reason, run: run, time: time)
    try self.record(.invalidation(record), at: time) { record.encoded() }
  }

  func requireWritable() throws {
    guard isReadOnly else { return }
    throw StoreFailure(
      .readOnly, "The store can only be read; choose another one, or check its permissions.",
      path: place)
  }

  /// Merges an event into the index and, unless the store is read-only, appends it to the log.
  ///
  /// - Parameters:
  ///   - hasEntered: Whether the writer's gate was entered for it, because it refers to an object.
  ///   - payload: Its record.
  func record(
    _ content: LogRecord.Content, at time: LogicalTime, hasEntered: Bool = false,
    _ payload: () -> [UInt8]
  ) throws {
    // Events that this value keeps to itself need a writer only to tell equal times apart.
    var stamp = Stamp(time: time, writer: WriterID(high: 0, low: 0))
    defer { index.withLock { [stamp] in $0.merge(event: content, stamp) } }
    guard !isReadOnly else { return }
    let bytes = payload()
    let place = try writer.append(bytes, isGuarded: hasEntered)
    stamp.writer = place.writer
    index.withLock { index in
      bytes.withUnsafeBytes { index.keep(event: $0, by: place.writer, in: place.segment) }
    }
  }
}
