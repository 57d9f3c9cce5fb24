public import MillraceCoding

extension ArtifactStore {
  /// When and why a key's results were forgotten, the earliest first; empty if they never were.
  public func invalidations(of key: Key) -> [InvalidationRecord] {
    index.withLock { $0.events.invalidations(of: key) }
  }

  /// All invalidations, the earliest first.
  public func invalidations() -> [InvalidationRecord] {
    index.withLock { $0.events.invalidations() }
  }
}
