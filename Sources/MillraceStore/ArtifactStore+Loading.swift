public import MillraceCoding
import Synchronization

extension ArtifactStore {
  /// The bytes of a result, verified against their digest.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/missing``,
  ///   ``StoreFailure/Code-swift.struct/corrupt`` or ``StoreFailure/Code-swift.struct/unreadable``.
  ///   Call ``invalidate(_:reason:run:)`` then, and compute the result again.
  public func load(_ record: ArtifactRecord) throws -> [UInt8] {
    if let bytes = record.inlineBytes {
      return try verified(bytes, record.artifact)
    }
    return try loadObject(record.artifact)
  }

  /// The bytes of the artifact that a name stands for, verified.
  ///
  /// - Throws: As ``load(_:)-(ArtifactRecord)`` does.
  public func load(_ binding: NameBinding) throws -> [UInt8] {
    let record = records(of: binding.key).first { $0.artifact == binding.artifact }
    return try record.map { try load($0) } ?? load(binding.artifact)
  }

  /// The bytes of an artifact, verified.
  ///
  /// - Throws: As ``load(_:)-(ArtifactRecord)`` does.
  /// - Complexity: O(*n*) for *n* records of the log besides the reading itself, because a small
  ///   artifact has to be looked for among them.
  public func load(_ artifact: Digest) throws -> [UInt8] {
    if let located = locate({ $0.any(with: artifact) }), let payload = payload(of: located) {
      let inline = payload.withUnsafeBytes { payload in
        ArtifactCoding.decode(payload).inline.map { [UInt8](payload[$0]) }
      }
      if let inline { return try verified(inline, artifact) }
    }
    return try loadObject(artifact)
  }

  /// Returns whether an artifact's bytes are where they should be, without reading them.
  ///
  /// - Complexity: O(1); a question to the file system for artifacts that are not in the log.
  public func isReadable(_ record: ArtifactRecord) -> Bool {
    if record.decoded.inline != nil { return true }
    if broken.withLock({ $0.contains(record.artifact) }) { return false }
    return (try? storage.blobs.size(of: record.artifact)) == record.size
  }

  private func loadObject(_ artifact: Digest) throws -> [UInt8] {
    guard let bytes = try storage.blobs.get(artifact) else {
      let message = "An artifact is not in the store; run the pipeline again to compute it."
      warn(StoreWarning(.missingArtifact, message, file: file(of: artifact)))
      throw StoreFailure(.missing, message, path: "\(place)/\(file(of: artifact))")
    }
    return try verified(bytes, artifact)
  }

  private func verified(_ bytes: [UInt8], _ artifact: Digest) throws -> [UInt8] {
    if Digest.sha256(bytes) == artifact { return bytes }
    broken.withLock { _ = $0.insert(artifact) }
    let message =
      "An artifact's bytes do not match its digest, so they are not used; "
      + "run the pipeline again to compute them."
    warn(StoreWarning(.corruptArtifact, message, file: file(of: artifact)))
    throw StoreFailure(.corrupt, message, path: "\(place)/\(file(of: artifact))")
  }

  private func file(of artifact: Digest) -> String {
    "objects/\(artifact.hex.prefix(2))/\(artifact.hex.dropFirst(2))"
  }
}
