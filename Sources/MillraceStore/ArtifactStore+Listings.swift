public import MillraceCoding

/// A listing as it is recorded: its bytes, or where they are.
struct StoredListing: Hashable, Sendable {
  var digest: Digest
  var size: Int
  /// The bytes, unless they are an object.
  var inline: [UInt8]?
  var view: Digest?
}

extension ArtifactStore {
  /// What took part in a run; `nil` for one that is not known, did not end, or recorded nothing of it.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/missing``,
  ///   ``StoreFailure/Code-swift.struct/corrupt`` or ``StoreFailure/Code-swift.struct/unreadable`` if it
  ///   was recorded and cannot be read.
  public func listing(of run: RunID) throws -> RunListing? {
    guard let stored = index.withLock({ $0.events.run(run) })?.listing else { return nil }
    let bytes = try stored.inline ?? load(stored.digest)
    do {
      return try RunListing(decoding: bytes)
    } catch {
      throw StoreFailure(
        .corrupt, "What run \(run.shortForm) says of its nodes cannot be understood.", path: place,
        cause: error)
    }
  }

  /// The view that the last run of a pipeline recorded, if nothing in the store was bound to a name
  /// since: then a run of the same view finds all of its names standing for what they should.
  public func lastView(of pipeline: String) -> Digest? {
    guard let last = index.withLock({ $0.events.lastView(of: pipeline) }),
      isUnbound(since: last.time)
    else { return nil }
    return last.view
  }

  /// Stores a listing's bytes where they belong: in the record, or, having entered the writer's gate, as
  /// an object. A store that can only be read keeps none.
  func keep(_ bytes: [UInt8]) throws -> StoredListing? {
    guard !isReadOnly else { return nil }
    guard bytes.count > options.inlineLimit else {
      return StoredListing(digest: Digest.sha256(bytes), size: bytes.count, inline: bytes)
    }
    let digest = try bytes.withUnsafeBytes { try putGuarded($0) }
    return StoredListing(digest: digest, size: bytes.count)
  }
}
