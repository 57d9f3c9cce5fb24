public import MillraceCoding

extension ArtifactStore {
  /// The record of a key's result, unless there is none or the key was invalidated since.
  ///
  /// Of several the latest counts. That its artifact can be read shows only when it is loaded.
  ///
  /// - Complexity: O(1); no file is read unless the log is larger than
  ///   ``StoreOptions/memoryLimit``.
  public func find(_ key: Key) -> ArtifactRecord? {
    while let located = locate({ $0.find(key) }) {
      if let record = record(located, of: key) { return record }
      if !isOutdated(located) { return nil }
    }
    return nil
  }

  /// All records of a key, also those before an invalidation, the latest first.
  ///
  /// Of those that are valid, ``conflict(of:)`` tells whether they differ.
  public func records(of key: Key) -> [ArtifactRecord] {
    settled { locateAll { $0.all(of: key) }.compactMap { record($0, of: key) } }
  }

  func record(_ located: Located, of key: Key) -> ArtifactRecord? {
    guard let payload = payload(of: located) else { return nil }
    return ArtifactRecord(
      key: key, artifact: located.entry.artifact, time: located.entry.time,
      payload: payload)
  }

  /// An entry of the index with its payload, or with what is needed to read that again.
  struct Located: Sendable {
    var number: Int32
    var entry: RecordIndex.Entry
    /// How often records had been lost when the index was asked.
    var losses: Int
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
    return Located(
      number: number, entry: entry, losses: index.lossCount, payload: payload,
      segment: payload == nil ? segment : nil)
  }

  /// Whether the index would give another answer now, because records were lost meanwhile.
  func isOutdated(_ located: Located) -> Bool {
    index.withLock { $0.lossCount } != located.losses
  }

  /// The answer to a question during which no record was lost.
  func settled<Answer>(_ ask: () -> Answer) -> Answer {
    while true {
      let losses = index.withLock { $0.lossCount }
      let answer = ask()
      // Each time a record fewer is left, so this ends.
      if index.withLock({ $0.lossCount }) == losses { return answer }
    }
  }

  /// A record's payload from memory, or else from storage; `nil` if it cannot be read.
  ///
  /// A record whose segment is gone is lost without a word: what mattered there has been moved, and is
  /// in the index when this returns. One that is not what it was is lost with a warning.
  func payload(of located: Located) -> ArraySlice<UInt8>? {
    if let payload = located.payload { return payload }
    guard let segment = located.segment else { return nil }
    let range = located.entry.payload
    let frame = range.lowerBound - Frame.headSize..<range.upperBound
    // Somebody else may have read it meanwhile, or lost it.
    if let payload = segment.bytes(in: range) { return payload }
    if isOutdated(located), index.withLock({ $0.entries[Int(located.number)].isLost }) {
      return nil
    }
    do {
      let chunk = try storage.logs.read(
        segment.name, from: frame.lowerBound, limit: segment.stretch(for: frame))
      let end = chunk.bytes.withUnsafeBytes { bytes in
        var scanner = SegmentScanner(bytes, at: frame.lowerBound, seed: segment.seed)
        guard scanner.next() == .record(range) else { return frame.lowerBound }
        while case .record = scanner.next() {}
        return scanner.offset
      }
      if end >= frame.upperBound {
        let whole = chunk.bytes[..<(end - frame.lowerBound)]
        if whole.count > frame.count { segment.keep(Array(whole), at: frame.lowerBound) }
        return whole[Frame.headSize..<frame.count]
      }
      warn(
        StoreWarning(
          .damagedRecord, "A record has changed since it was read; it counts as not stored.",
          file: "log/\(segment.name).log", offset: range.lowerBound))
      index.withLock { $0.lose(located.number) }
    } catch {
      try? refresh()
      if index.withLock({ $0.entries[Int(located.number)].isLost }) { return nil }
      warn(
        StoreWarning(
          .unreadableSegment, "A record cannot be read again (\(error)); it counts as not stored.",
          file: "log/\(segment.name).log", offset: range.lowerBound))
    }
    return nil
  }
}
