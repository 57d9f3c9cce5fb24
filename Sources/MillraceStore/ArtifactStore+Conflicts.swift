public import MillraceCoding

extension ArtifactStore {
  /// The keys that have valid results with different bytes, in order of the keys.
  ///
  /// They come from a task that is not deterministic: run again after its artifact was lost, or by two
  /// processes at once.
  ///
  /// - Complexity: O(*n*) for *n* records.
  public func conflicts() -> [ResultConflict] {
    index.withLock { $0.conflictingKeys() }.compactMap(conflict)
  }

  /// The results of a key that differ, or `nil` if all are the same bytes.
  public func conflict(of key: Key) -> ResultConflict? {
    let records = settled {
      locateAll { $0.valid(of: key) }.compactMap { record($0, of: key) }
    }
    return ResultConflict(key: key, records: records)
  }
}
