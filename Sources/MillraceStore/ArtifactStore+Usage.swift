/// What a store holds.
public struct StoreUsage: Hashable, Sendable {
  /// Artifacts that are objects.
  public var objects: Int
  /// What they take.
  public var objectBytes: Int
  /// Segments of the log.
  public var segments: Int
  /// What they take.
  public var logBytes: Int
  /// Records of results.
  public var results: Int

  /// All bytes of artifacts and log.
  public var totalBytes: Int { objectBytes + logBytes }
}

extension ArtifactStore {
  /// What the store holds now.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unreadable``.
  /// - Complexity: A question to the file system for each object and segment.
  public func usage() throws -> StoreUsage {
    let objects = try storage.blobs.list()
    let segments = try storage.logs.list()
    return StoreUsage(
      objects: objects.count,
      objectBytes: try objects.reduce(0) { $0 + (try storage.blobs.size(of: $1) ?? 0) },
      segments: segments.count,
      logBytes: try segments.reduce(0) {
        $0 + (try storage.logs.read($1, from: 0, limit: 0).size)
      },
      results: index.withLock { $0.resultCount })
  }
}
