extension ArtifactStore {
  /// Makes a name stand for an artifact from now on; what it stood for stays in the log.
  ///
  /// - Parameters:
  ///   - name: Any text, such as `flight-delays/report`.
  ///   - record: A result of this store.
  ///   - run: The run that does it.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/readOnly`` or
  ///   ``StoreFailure/Code-swift.struct/unwritable``.
  public func bind(_ name: String, to record: ArtifactRecord, run: RunID? = nil) throws {
    try requireWritable()
    let decoded = record.decoded
    let binding = NameBinding(
      name: name, artifact: record.artifact, key: record.key, size: decoded.size,
      codec: decoded.facts.codec, run: run, time: clock.next())
    try self.record(.name(binding), at: binding.time, isGuarded: true) { binding.encoded() }
  }

  /// What a name stands for, or `nil` if it was never bound.
  public func resolve(_ name: String) -> NameBinding? {
    index.withLock { $0.binding(of: name) }
  }

  /// What each name stands for, sorted by name.
  public func names() -> [NameBinding] {
    index.withLock { $0.bindings }.sorted { $0.name < $1.name }
  }
}
