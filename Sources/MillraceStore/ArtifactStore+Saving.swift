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
    let artifact = Digest.sha256(bytes)
    let isInline = bytes.count <= options.inlineLimit
    if !isInline { try putGuarded(bytes, as: artifact) }
    let time = clock.next()
    let payload = ArtifactCoding.encode(
      bytes, inline: isInline, artifact: artifact, key: key, time: time, facts: facts)
    let place = try writer.append(payload, isGuarded: !isInline)
    let entry = RecordIndex.Entry(
      artifact: artifact, stamp: Stamp(time: time, writer: place.writer), segment: place.segment,
      length: UInt32(place.payload.count), offset: place.payload.lowerBound, previous: -1)
    let before = index.withLock { index in
      let before = index.find(key)
      index.merge(entry, for: key)
      return before
    }
    if let before, before.artifact != artifact, let conflict = conflict(of: key) {
      warn(StoreWarning(.differingResults, "\(conflict)"))
    }
    return ArtifactRecord(key: key, artifact: artifact, time: time, payload: payload[...])
  }

  /// Puts an object, and enters the writer's gate for the record that is going to refer to it.
  func putGuarded(_ bytes: UnsafeRawBufferPointer, as artifact: Digest) throws {
    try writer.gate.enter()
    do {
      let isBroken = broken.withLock { $0.contains(artifact) }
      try storage.blobs.put(bytes, as: artifact, replacing: isBroken)
      if isBroken { broken.withLock { _ = $0.remove(artifact) } }
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
    try record(.invalidation(key: key), at: time) {
      Invalidation.encode(key: key, reason: reason, run: run, time: time)
    }
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
  ///   - isGuarded: Whether it refers to an object that must not be cleaned away meanwhile.
  ///   - hasEntered: Whether the writer's gate was entered for it already.
  ///   - payload: Its record.
  func record(
    _ content: LogRecord.Content, at time: LogicalTime, isGuarded: Bool = false,
    hasEntered: Bool = false, _ payload: () -> [UInt8]
  ) throws {
    // Events that this value keeps to itself need a writer only to tell equal times apart.
    var stamp = Stamp(time: time, writer: WriterID(high: 0, low: 0))
    defer { index.withLock { $0.mergeEvent(content, stamp) } }
    guard !isReadOnly else { return }
    if isGuarded && !hasEntered { try writer.gate.enter() }
    stamp.writer = try writer.append(payload(), isGuarded: isGuarded).writer
  }
}
