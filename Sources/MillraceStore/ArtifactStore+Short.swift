package import MillraceCoding

// What a run asks that looks up many keys and reads few of their records.
extension ArtifactStore {
  /// What the store says of a key.
  package enum Finding {
    /// There is no result, or its bytes are not where they should be.
    case nothing
    ///
    /// - `inline`: The bytes, unverified, if they are at hand.
    case plain(artifact: Digest, size: Int, inline: ArraySlice<UInt8>?)
    /// The result names input files, which may have changed since.
    case namingFiles
  }

  /// Looks a key up without decoding more of the record than is asked for here.
  ///
  /// If the artifact is not where it should be, a ``StoreWarning`` says so.
  package func finding(of key: Key) -> Finding {
    guard let located = locate({ $0.find(key) }), let payload = payload(of: located) else {
      return .nothing
    }
    let essence = payload.withUnsafeBytes { ArtifactCoding.essence(of: $0) }
    if essence.inline == nil {
      guard let record = record(located, of: key), isReadable(record) else { return .nothing }
    }
    if essence.namesFiles { return .namingFiles }
    let inline = essence.inline.map {
      payload[payload.startIndex + $0.lowerBound..<payload.startIndex + $0.upperBound]
    }
    return .plain(artifact: located.entry.artifact, size: essence.size, inline: inline)
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
