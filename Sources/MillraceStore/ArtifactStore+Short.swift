package import MillraceCoding

// What a run asks that looks up many keys and reads few of their records.
extension ArtifactStore {
  /// What the store says of a key.
  package enum Finding {
    /// There is no result, or its bytes are not where they should be.
    case nothing
    ///
    /// - `inline`: Where the bytes are, if they are in the log.
    case plain(artifact: Digest, size: Int, inline: InlinePlace?)
    /// The result names input files, which may have changed since, or has further outputs, which must be
    /// there as well.
    case toBeChecked
  }

  /// Where in the log an artifact's bytes are.
  package struct InlinePlace: Sendable {
    var segment: SegmentContents
    var range: Range<Int>
  }

  /// Looks a key up, in most cases without a look at its record.
  ///
  /// If the artifact is not where it should be, a ``StoreWarning`` says so.
  package func finding(of key: Key) -> Finding {
    let found = index.withLock { index -> (RecordIndex.Entry, SegmentContents)? in
      guard let number = index.find(key) else { return nil }
      let entry = index.entries[Int(number)]
      return (entry, index.segments[Int(entry.segment)])
    }
    guard let (entry, segment) = found else { return .nothing }
    switch entry.content {
    case .inline:
      let inline = entry.inline.map { InlinePlace(segment: segment, range: $0) }
      return .plain(artifact: entry.artifact, size: entry.size, inline: inline)
    case .unread, .object, .namingFiles: return findingInRecord(of: key)
    }
  }

  private func findingInRecord(of key: Key) -> Finding {
    guard let located = locate({ $0.find(key) }), let payload = payload(of: located) else {
      return .nothing
    }
    let essence = payload.withUnsafeBytes { ArtifactCoding.essence(of: $0) }
    if essence.inline == nil {
      guard let record = record(located, of: key), isReadable(record) else { return .nothing }
    }
    if essence.namesFiles || essence.hasFurtherOutputs { return .toBeChecked }
    let (offset, segment) = (
      located.entry.offset, index.withLock { $0.segments[Int(located.entry.segment)] }
    )
    let inline = essence.inline.map {
      InlinePlace(segment: segment, range: offset + $0.lowerBound..<offset + $0.upperBound)
    }
    return .plain(artifact: located.entry.artifact, size: essence.size, inline: inline)
  }

  /// Makes room for so many more results.
  package func expectResults(_ count: Int) {
    index.withLock { $0.expect(count) }
  }

  /// The record of a key with this artifact; not one that another process wrote meanwhile.
  package func record(of key: Key, artifact: Digest) -> ArtifactRecord? {
    if let record = find(key), record.artifact == artifact { return record }
    return records(of: key).first { $0.artifact == artifact }
  }

  /// The bytes of a key's artifact, verified.
  ///
  /// - Throws: As ``load(_:)-(ArtifactRecord)`` does.
  package func load(_ artifact: Digest, of key: Key) throws -> [UInt8] {
    guard let located = locate({ $0.find(key) }), located.entry.artifact == artifact,
      let payload = payload(of: located),
      let inline = payload.withUnsafeBytes({ payload in
        ArtifactCoding.essence(of: payload).inline.map { [UInt8](payload[$0]) }
      })
    else { return try record(of: key, artifact: artifact).map { try load($0) } ?? load(artifact) }
    return try verified(inline, artifact)
  }
}
