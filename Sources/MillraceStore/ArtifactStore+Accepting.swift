public import MillraceCoding

/// That somebody has accepted the result of one key for another.
public struct Acceptance: Hashable, Sendable {
  /// The key whose result it was.
  public var key: Key
  /// Why, in the words of who did it.
  public var reason: String
}

extension ArtifactStore {
  /// Makes an earlier result stand for another key too, because somebody vouches that it would be the same.
  ///
  /// - Parameters:
  ///   - record: The earlier result.
  ///   - key: The key that it is to stand for.
  ///   - encodedParts: The parts of that key.
  ///   - reason: Why, for the history.
  /// - Throws: ``StoreFailure`` if the result's bytes cannot be read, or the record not be written.
  @discardableResult
  public func accept(
    _ record: ArtifactRecord, for key: Key, encodedParts: [UInt8], node: String, pipeline: String,
    reason: String
  ) throws -> ArtifactRecord {
    var facts = record.facts
    facts.acceptance = Acceptance(key: record.key, reason: reason)
    facts.encodedParts = encodedParts
    (facts.node, facts.pipeline, facts.run) = (node, pipeline, nil)
    return try load(record).withUnsafeBytes { try save($0, for: key, facts: facts) }
  }

  /// Invalidates every result that a name has ever stood for, so that the next run makes it anew.
  ///
  /// - Returns: How many keys had a result that counts no longer.
  /// - Throws: As ``invalidate(_:reason:run:)``.
  @discardableResult
  public func invalidate(name: String, reason: String) throws -> Int {
    var seen: Set<Key> = []
    var count = 0
    for binding in history(of: name) where seen.insert(binding.key).inserted {
      guard find(binding.key) != nil else { continue }
      try invalidate(binding.key, reason: reason)
      count += 1
    }
    return count
  }
}
