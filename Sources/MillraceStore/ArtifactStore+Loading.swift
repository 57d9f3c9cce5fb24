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
    if let bytes = try get(record.artifact) { return try verified(bytes, record.artifact) }
    if isRemoved(record) { throw removed(record) }
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
    let payload: ArraySlice<UInt8>? = settled {
      locate { $0.any(with: artifact) }.flatMap { self.payload(of: $0) }
    }
    if let payload {
      let inline = payload.withUnsafeBytes { payload in
        ArtifactCoding.decode(payload).inline.map { [UInt8](payload[$0]) }
      }
      if let inline { return try verified(inline, artifact) }
    }
    return try loadObject(artifact)
  }

  /// Returns whether an artifact's bytes are where they should be, without reading them.
  ///
  /// If they are not, a ``StoreWarning`` says so, once for each artifact.
  ///
  /// - Complexity: O(1); a question to the file system for artifacts that are not in the log.
  public func isReadable(_ record: ArtifactRecord) -> Bool {
    let decoded = record.decoded
    if decoded.inline != nil { return true }
    if broken.withLock({ $0.contains(record.artifact) }) { return false }
    do {
      let size = try storage.blobs.size(of: record.artifact)
      if size == decoded.size { return true }
      if size == nil, isRemoved(record) { return false }
      doubt(record.artifact, cut(record.artifact, to: size, of: decoded.size))
    } catch {
      doubt(record.artifact, unreadable(record.artifact, error))
    }
    return false
  }

  /// Notes that an artifact must be stored again, and warns if that is news.
  private func doubt(_ artifact: Digest, _ warning: @autoclosure () -> StoreWarning) {
    if broken.withLock({ $0.insert(artifact).inserted }) { warn(warning()) }
  }

  private static let missing =
    "An artifact is not in the store; run the pipeline again to compute it."

  private func missing(_ artifact: Digest) -> StoreWarning {
    StoreWarning(.missingArtifact, Self.missing, file: file(of: artifact))
  }

  private func cut(_ artifact: Digest, to size: Int?, of expected: Int) -> StoreWarning {
    guard let size else { return missing(artifact) }
    return StoreWarning(
      .corruptArtifact,
      "An artifact has \(size) bytes instead of \(expected); it counts as not stored.",
      file: file(of: artifact))
  }

  private func unreadable(_ artifact: Digest, _ error: any Error) -> StoreWarning {
    StoreWarning(
      .unreadableArtifact, "An artifact cannot be read (\(error)); it counts as not stored.",
      file: file(of: artifact))
  }

  private func loadObject(_ artifact: Digest) throws -> [UInt8] {
    guard let bytes = try get(artifact) else {
      broken.withLock { _ = $0.insert(artifact) }
      warn(missing(artifact))
      throw StoreFailure(.missing, Self.missing, path: "\(place)/\(file(of: artifact))")
    }
    return try verified(bytes, artifact)
  }

  private func get(_ artifact: Digest) throws -> [UInt8]? {
    do {
      return try storage.blobs.get(artifact)
    } catch {
      broken.withLock { _ = $0.insert(artifact) }
      warn(unreadable(artifact, error))
      throw error
    }
  }

  /// Bytes that are those of an artifact.
  func verified(_ bytes: [UInt8], _ artifact: Digest) throws -> [UInt8] {
    try bytes.withUnsafeBytes { try verify($0, artifact) }
    return bytes
  }

  /// Checks that bytes are those of an artifact.
  package func verify(_ bytes: UnsafeRawBufferPointer, _ artifact: Digest) throws {
    if Digest.sha256(bytes) == artifact { return }
    broken.withLock { _ = $0.insert(artifact) }
    let message =
      "An artifact's bytes do not match its digest, so they are not used; "
      + "run the pipeline again to compute them."
    warn(StoreWarning(.corruptArtifact, message, file: file(of: artifact)))
    throw StoreFailure(.corrupt, message, path: "\(place)/\(file(of: artifact))")
  }

  func file(of artifact: Digest) -> String {
    "objects/\(artifact.hex.prefix(2))/\(artifact.hex.dropFirst(2))"
  }
}
