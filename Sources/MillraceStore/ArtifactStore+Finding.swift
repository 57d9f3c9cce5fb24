public import MillraceCoding

extension ArtifactStore {
  /// The record of a key's result, unless there is none or the key was invalidated since.
  ///
  /// Of several the latest counts. That its artifact can be read shows only when it is loaded.
  ///
  /// - Complexity: O(1); no file is read unless the log is larger than
  ///   ``StoreOptions/memoryLimit``.
  public func find(_ key: Key) -> ArtifactRecord? {
    locate { $0.find(key) }.flatMap { record($0, of: key) }
  }

  /// All records of a key, also those before an invalidation, the latest first.
  ///
  /// Of those that are valid, ``conflict(of:)`` tells whether they differ.
  public func records(of key: Key) -> [ArtifactRecord] {
    locateAll { $0.all(of: key) }.compactMap { record($0, of: key) }
  }

  func record(_ located: Located, of key: Key) -> ArtifactRecord? {
    guard let payload = payload(of: located) else { return nil }
    return ArtifactRecord(
      key: key, artifact: located.entry.artifact, time: located.entry.time,
      payload: payload)
  }

  /// An entry of the index with its payload, or with what is needed to read that again.
  struct Located: Sendable {
    var entry: RecordIndex.Entry
    var payload: ArraySlice<UInt8>?
    /// Where the payload is, if it is not in memory.
    var segment: SegmentContents?
  }

  @inline(__always)
  func locate(_ choose: (RecordIndex) -> Int32?) -> Located? {
    index.withLock { index in choose(index).map { Self.locate($0, index) } }
  }

  func locateAll(_ choose: (RecordIndex) -> [Int32]) -> [Located] {
    index.withLock { index in choose(index).map { Self.locate($0, index) } }
  }

  @inline(__always)
  static func locate(_ number: Int32, _ index: RecordIndex) -> Located {
    let entry = index.entries[Int(number)]
    let segment = index.segments[Int(entry.segment)]
    let payload = segment.bytes(in: entry.payload)
    return Located(entry: entry, payload: payload, segment: payload == nil ? segment : nil)
  }

  /// A record's payload from memory, or else from storage; `nil`, with a warning, if it is gone.
  func payload(of located: Located) -> ArraySlice<UInt8>? {
    if let payload = located.payload { return payload }
    guard let segment = located.segment else { return nil }
    let range = located.entry.payload
    let start = range.lowerBound - Frame.headSize
    do {
      let chunk = try storage.logs.read(
        segment.name, from: start, limit: range.upperBound - start)
      let isWhole = chunk.bytes.withUnsafeBytes { bytes in
        var scanner = SegmentScanner(bytes, at: start, seed: segment.seed)
        return scanner.next() == .record(range)
      }
      if isWhole { return chunk.bytes[Frame.headSize...] }
      warn(
        StoreWarning(
          .damagedRecord, "A record has changed since it was read; it counts as not stored.",
          file: "log/\(segment.name).log", offset: range.lowerBound))
    } catch {
      warn(
        StoreWarning(
          .unreadableSegment, "A record cannot be read again (\(error)); it counts as not stored.",
          file: "log/\(segment.name).log", offset: range.lowerBound))
    }
    return nil
  }
}
