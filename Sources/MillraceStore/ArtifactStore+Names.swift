extension ArtifactStore {
  /// Makes a name stand for an artifact from now on; what it stood for stays in the log.
  ///
  /// - Parameters:
  ///   - name: Any text, such as `flight-delays/report`. Names are equal if their bytes are.
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
    let place = try writer.append(binding.encoded(), isGuarded: true)
    var entry = RecordIndex.Entry(
      key: binding.key, artifact: binding.artifact, time: binding.time, segment: place.segment,
      payload: place.payload)
    entry.kind = .name
    entry.setName(NameHash(name))
    index.withLock { [entry] in $0.merge(entry) }
  }

  /// What a name stands for, or `nil` if it was never bound.
  ///
  /// - Complexity: O(1) but for the first call behind new results, which reads the names in their records.
  public func resolve(_ name: String) -> NameBinding? {
    settled {
      gatherNames()
      let hash = NameHash(name)
      if let located = locate({ $0.latestBinding(of: hash) }), let binding = binding(in: located),
        binding.hasName(name)
      {
        return binding
      }
      return firstBinding(of: hash) { $0.hasName(name) }
    }
  }

  /// What a name stood for at a time, or `nil` if it was not bound then.
  ///
  /// - Complexity: O(*n* log *n*) for *n* bindings of the name; one record is read.
  public func binding(of name: String, at time: LogicalTime) -> NameBinding? {
    settled {
      gatherNames()
      return firstBinding(of: NameHash(name), notLaterThan: time) { $0.hasName(name) }
    }
  }

  /// All that a name has stood for, the latest first; empty if it was never bound.
  ///
  /// Each binding is one record of the log: a task that ran again and gave the same is there twice.
  public func history(of name: String) -> [NameBinding] {
    settled {
      gatherNames()
      return locateAll { $0.bindings(of: NameHash(name)) }.compactMap(binding).filter {
        $0.hasName(name)
      }
    }
  }

  /// What each name stands for, sorted by name.
  public func names() -> [NameBinding] { names(at: .latest) }

  /// What each name stood for at a time, sorted by name. Names that were bound later are left out.
  public func names(at time: LogicalTime) -> [NameBinding] {
    settled {
      gatherNames()
      return index.withLock { $0.nameHashes() }.compactMap { hash in
        firstBinding(of: hash, notLaterThan: time)
      }
    }.sorted { $0.name < $1.name }
  }

  /// Whether nothing that may bind a name was recorded after a time: names still stand for what they
  /// stood for then.
  ///
  /// - Complexity: O(1); nothing is read.
  package func isUnbound(since time: LogicalTime) -> Bool {
    index.withLock { $0.latestTime } <= time
  }

  /// The latest binding of a name's hash that can be read and is wanted.
  private func firstBinding(
    of hash: NameHash, notLaterThan time: LogicalTime = .latest,
    where isWanted: (NameBinding) -> Bool = { _ in true }
  ) -> NameBinding? {
    let numbers = index.withLock { index in
      index.bindings(of: hash).filter { index.entries[Int($0)].time <= time }
    }
    for number in numbers {
      if let located = locate({ _ in number }), let binding = binding(in: located),
        isWanted(binding)
      {
        return binding
      }
    }
    return nil
  }

  /// The binding that a record is or has.
  private func binding(in located: Located) -> NameBinding? {
    let entry = located.entry
    return payload(of: located)?.withUnsafeBytes { payload in
      switch entry.kind {
      case .artifact: ArtifactCoding.binding(payload, artifact: entry.artifact, at: entry.time)
      case .name: (try? LogRecord(payload))?.binding
      }
    }
  }

  /// Reads the names that the records of results bind, as far as nobody has asked for them before.
  func gatherNames() {
    while true {
      let (first, located) = index.withLock { index in
        let numbers = index.unreadNames(limit: 1024)
        return (numbers.lowerBound, numbers.map { Self.locate(Int32($0), index) })
      }
      if located.isEmpty { return }
      var misses = false
      let hashes = located.map { located in
        let payload = payload(of: located)
        if payload == nil { misses = true }
        return payload?.withUnsafeBytes(ArtifactCoding.nameHash) ?? nil
      }
      index.withLock { [misses] index in
        index.setNames(hashes, from: first)
        if misses { index.missesNames = true }
      }
    }
  }
}

extension NameBinding {
  fileprivate func hasName(_ other: String) -> Bool { name.utf8.elementsEqual(other.utf8) }
}

extension LogRecord {
  fileprivate var binding: NameBinding? {
    if case .name(let binding) = content { binding } else { nil }
  }
}
