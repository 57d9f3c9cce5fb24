extension ArtifactStore {
  /// Makes a name stand for an artifact from now on; what it stood for stays in the log.
  ///
  /// - Parameters:
  ///   - name: Any text, such as `flight-delays/report`.
  ///   - record: A result of this store.
  ///   - run: The run that does it.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/readOnly``,
  ///   ``StoreFailure/Code-swift.struct/unwritable``, or ``StoreFailure/Code-swift.struct/missing`` if a clean-up
  ///   has removed the result since the record was found.
  public func bind(_ name: String, to record: ArtifactRecord, run: RunID? = nil) throws {
    try requireWritable()
    let decoded = record.decoded
    let binding = NameBinding(
      name: name, artifact: record.artifact, key: record.key, size: decoded.size,
      codec: decoded.facts.codec, run: run, time: clock.next())
    try hold(record)
    try self.record(.name(binding), at: binding.time, isGuarded: true, hasEntered: true) {
      binding.encoded()
    }
  }

  /// What a name stands for, or `nil` if it was never bound.
  ///
  /// - Complexity: O(1) but for the first call behind new results, which reads the names in their records.
  public func resolve(_ name: String) -> NameBinding? {
    gatherNames()
    return index.withLock { $0.binding(of: name) }
  }

  /// What each name stands for, sorted by name.
  public func names() -> [NameBinding] {
    gatherNames()
    return index.withLock { $0.bindings }.sorted { $0.name < $1.name }
  }

  /// Reads the names that the records of results bind, as far as nobody has asked for them before.
  private func gatherNames() {
    while true {
      let (first, located) = index.withLock { index in
        let (first, entries) = index.unnamedEntries(limit: 1024)
        return (first, entries.map { Self.locate($0, index) })
      }
      if located.isEmpty { return }
      let bindings = located.compactMap { located -> (NameBinding, Stamp)? in
        let entry = located.entry
        return payload(of: located)?.withUnsafeBytes {
          ArtifactCoding.binding($0, artifact: entry.artifact, at: entry.stamp.time)
        }.map { ($0, entry.stamp) }
      }
      index.withLock { $0.merge(bindings, upTo: first + located.count) }
    }
  }
}
