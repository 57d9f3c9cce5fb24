public import MillraceCoding

/// Results of one key with different bytes: evidence that its task is not deterministic, or depends on
/// something that is not in its key.
///
/// Nothing of it is ever overwritten. Once the key is invalidated, results from before are no evidence
/// any more.
public struct ResultConflict: Sendable {
  /// The key.
  public let key: Key
  /// The latest record of each artifact, at least two; the first is the one that counts.
  public let results: [ArtifactRecord]

  /// Makes a conflict of a key's valid records, the latest first; `nil` if all have one artifact.
  init?(key: Key, records: [ArtifactRecord]) {
    var seen: Set<Digest> = []
    results = records.filter { seen.insert($0.artifact).inserted }
    guard results.count > 1 else { return nil }
    self.key = key
  }
}

extension ResultConflict: CustomStringConvertible {
  /// A sentence with the digests and runs of the results, and what to do.
  public var description: String {
    let facts = results[0].facts
    let others = results.dropFirst().map { result in
      "\(result.artifact.hex.prefix(12))\(Self.origin(result.run))"
    }
    return "Task '\(facts.task)' is not deterministic: for the same key "
      + "\(key.digest.hex.prefix(12)) node '\(facts.node)' gave the bytes "
      + "\(results[0].artifact.hex.prefix(12))\(Self.origin(facts.run)) and "
      + "\(others.joined(separator: ", ")); all are kept and the latest count. "
      + "Declare what it depends on, or do not store its result."
  }

  private static func origin(_ run: RunID?) -> String {
    run.map { " in run \($0.shortForm)" } ?? ""
  }
}
