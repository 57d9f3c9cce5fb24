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

  /// What each matching name stands for, sorted by name.
  ///
  /// - Parameter pattern: `*` stands for any characters, `/` included, and `?` for one. Without a
  ///   pattern all names match.
  public func names(matching pattern: String = "*") -> [NameBinding] {
    let pattern = NamePattern(pattern)
    return index.withLock { $0.bindings }
      .filter { pattern.matches($0.name) }
      .sorted { $0.name < $1.name }
  }
}

/// A pattern of names with `*` and `?`.
struct NamePattern {
  private let pattern: [Character]

  init(_ pattern: String) {
    self.pattern = Array(pattern)
  }

  /// - Complexity: O(*n* *m*) at worst: only the last `*` is ever tried again.
  func matches(_ name: String) -> Bool {
    let name = Array(name)
    var (position, place) = (0, 0)
    var star: (position: Int, place: Int)?
    while place < name.count {
      if position < pattern.count, pattern[position] == "*" {
        star = (position, place)
        position += 1
      } else if position < pattern.count,
        pattern[position] == "?" || pattern[position] == name[place]
      {
        position += 1
        place += 1
      } else if let last = star {
        star = (last.position, last.place + 1)
        position = last.position + 1
        place = last.place + 1
      } else {
        return false
      }
    }
    return pattern[position...].allSatisfy { $0 == "*" }
  }
}
