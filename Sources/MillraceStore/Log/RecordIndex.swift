import MillraceCoding

/// All that the log says, for answers without reading it: a value, made by merging records.
///
/// The order in which records come makes no difference; their stamps decide.
struct RecordIndex: Sendable {
  /// One artifact record.
  struct Entry: Sendable {
    var artifact: Digest
    var stamp: Stamp
    /// Where the payload is: a segment of ``segments``, and a range in it.
    var segment: Int32
    var length: UInt32
    var offset: Int
    /// The entry of the same key that came before this one, or -1.
    var previous: Int32

    /// Where in its segment the payload is.
    var payload: Range<Int> { offset..<offset + Int(length) }
  }

  private(set) var segments: [SegmentContents] = []
  private var entries: [Entry] = []
  /// For each key its winning entry, from which the others can be reached.
  private var latest = KeyTable()
  private var invalidated: [Digest: Stamp] = [:]
  private var names: [String: (stamp: Stamp, binding: NameBinding)] = [:]
  /// How many entries were looked through for the names that they bind: most runs ask for none.
  private var namedCount = 0
  private var runs: [RunID: RunRecord] = [:]
  private var attempts: [RunID: [Stamp: AttemptRecord]] = [:]
  private var files: [String: (stamp: Stamp, file: RememberedFile)] = [:]
  /// When a result was last recorded, or a name bound.
  private var lastBinding = LogicalTime(nanoseconds: 0)

  // MARK: Merging

  /// Adds a segment, so that records in it can be merged.
  ///
  /// - Returns: Its number.
  mutating func add(_ segment: SegmentContents) -> Int32 {
    segments.append(segment)
    return Int32(segments.count - 1)
  }

  /// Merges a record that lies at a place of a segment.
  @inline(__always)
  mutating func merge(_ record: LogRecord, in segment: Int32, payload: Range<Int>) {
    let writer = record.writer ?? segments[Int(segment)].writer
    let stamp = Stamp(time: record.time, writer: writer)
    if case .artifact(let key, let artifact) = record.content {
      let entry = Entry(
        artifact: artifact, stamp: stamp, segment: segment, length: UInt32(payload.count),
        offset: payload.lowerBound, previous: -1)
      merge(entry, for: key)
    } else {
      mergeEvent(record.content, stamp)
    }
  }

  mutating func merge(_ entry: Entry, for key: Key) {
    let number = Int32(entries.count)
    entries.append(entry)
    lastBinding = max(lastBinding, entry.stamp.time)
    let winner = latest.update(key.digest, to: number)
    guard winner >= 0 else { return }
    if let twin = entryNumber(of: entry.stamp, from: winner) {
      // The same record at another place, to which a clean-up has moved it.
      entries.removeLast()
      _ = latest.update(key.digest, to: winner)
      entries[twin].segment = entry.segment
      (entries[twin].offset, entries[twin].length) = (entry.offset, entry.length)
    } else if entries[Int(winner)].stamp < entry.stamp {
      entries[Int(number)].previous = winner
    } else {
      entries[Int(number)].previous = entries[Int(winner)].previous
      entries[Int(winner)].previous = number
      _ = latest.update(key.digest, to: winner)
    }
  }

  /// The entry of a stamp among a key's.
  private func entryNumber(of stamp: Stamp, from winner: Int32) -> Int? {
    var number = winner
    while number >= 0 {
      if entries[Int(number)].stamp == stamp { return Int(number) }
      number = entries[Int(number)].previous
    }
    return nil
  }

  /// Forgets the artifact records that lie in segments which a clean-up has removed.
  ///
  /// Those that it kept lie elsewhere by now, if what it wrote was merged before.
  mutating func forget(_ gone: Set<Int32>) {
    guard entries.contains(where: { gone.contains($0.segment) }) else { return }
    var keys: [Key?] = Array(repeating: nil, count: entries.count)
    latest.forEach { digest, winner in
      var number = winner
      while number >= 0 {
        keys[Int(number)] = Key(digest)
        number = entries[Int(number)].previous
      }
    }
    let (old, oldNamedCount) = (entries, namedCount)
    (entries, latest, namedCount) = ([], KeyTable(), 0)
    for (number, var entry) in old.enumerated() where !gone.contains(entry.segment) {
      guard let key = keys[number] else { continue }
      entry.previous = -1
      merge(entry, for: key)
      if number < oldNamedCount { namedCount += 1 }
    }
  }

  mutating func mergeEvent(_ content: LogRecord.Content, _ stamp: Stamp) {
    switch content {
    case .invalidation(let key):
      invalidated[key.digest] = max(stamp, invalidated[key.digest] ?? stamp)
    case .name(let binding):
      lastBinding = max(lastBinding, stamp.time)
      mergeName(binding, stamp)
    case .file(let path, let file):
      if let known = files[path], known.stamp > stamp { return }
      files[path] = (stamp, file)
    case .runStart(let run, let pipeline):
      runs[run, default: RunRecord(id: run, pipeline: "")].pipeline = pipeline
      runs[run]?.began = stamp.time
    case .runEnd(let run, let status, let counts, let listing):
      var record = runs[run] ?? RunRecord(id: run, pipeline: "")
      (record.ended, record.status, record.counts) = (stamp.time, status, counts)
      record.listing = listing
      runs[run] = record
    // By stamp, so that a record that was moved counts once.
    case .attempt(let attempt): attempts[attempt.run, default: [:]][stamp] = attempt
    case .artifact, .segmentStart, .segmentEnd, .unknown: break
    }
  }

  private mutating func mergeName(_ binding: NameBinding, _ stamp: Stamp) {
    if let known = names[binding.name], known.stamp > stamp { return }
    names[binding.name] = (stamp, binding)
  }

  /// Entries whose names are not known yet, with the number of the first one.
  func unnamedEntries(limit: Int) -> (first: Int, entries: ArraySlice<Entry>) {
    (namedCount, entries[namedCount...].prefix(limit))
  }

  /// Takes in the names that entries bind, all of them from the first one on that had none.
  mutating func merge(_ bindings: [(NameBinding, Stamp)], upTo end: Int) {
    for (binding, stamp) in bindings { mergeName(binding, stamp) }
    namedCount = max(namedCount, end)
  }

  // MARK: Asking

  /// The latest entry of a key unless the key was invalidated since.
  @inline(__always)
  func find(_ key: Key) -> Entry? {
    let number = latest[key.digest]
    guard number >= 0 else { return nil }
    if !invalidated.isEmpty, let since = invalidated[key.digest],
      since > entries[Int(number)].stamp
    {
      return nil
    }
    return entries[Int(number)]
  }

  /// All entries of a key, invalidated ones too, the latest first.
  func all(of key: Key) -> [Entry] {
    var found: [Entry] = []
    var number = latest[key.digest]
    while number >= 0 {
      let entry = entries[Int(number)]
      found.append(entry)
      number = entry.previous
    }
    return found.sorted { $0.stamp > $1.stamp }
  }

  /// An entry with this artifact, in whose record the bytes may be.
  ///
  /// - Complexity: O(*n*) for *n* entries.
  func any(with artifact: Digest) -> Entry? {
    entries.last { $0.artifact == artifact }
  }

  /// The entries of a key since it was last invalidated, the latest first.
  func valid(of key: Key) -> [Entry] {
    let entries = all(of: key)
    guard let since = invalidated[key.digest] else { return entries }
    return entries.filter { $0.stamp > since }
  }

  /// The keys that have valid results with different bytes, in order.
  func conflictingKeys() -> [Key] {
    var keys: [Key] = []
    latest.forEach { digest, winner in
      let artifact = entries[Int(winner)].artifact
      var number = entries[Int(winner)].previous
      while number >= 0, entries[Int(number)].artifact == artifact {
        number = entries[Int(number)].previous
      }
      guard number >= 0 else { return }
      let key = Key(digest)
      if Set(valid(of: key).map(\.artifact)).count > 1 { keys.append(key) }
    }
    return keys.sorted()
  }

  func binding(of name: String) -> NameBinding? { names[name]?.binding }

  var bindings: [NameBinding] { names.values.map(\.binding) }

  func run(_ id: RunID) -> RunRecord? { runs[id] }

  var allRuns: [RunRecord] { Array(runs.values) }

  /// What the last run of a pipeline that ended said of all its names, unless one was bound since.
  func lastView(of pipeline: String) -> Digest? {
    let views = runs.values.compactMap { run in
      run.pipeline == pipeline ? run.ended.map { (time: $0, run: run) } : nil
    }
    guard let last = views.max(by: { ($0.time, $0.run.id) < ($1.time, $1.run.id) }),
      last.time > lastBinding
    else { return nil }
    return last.run.listing?.view
  }

  func attempts(in run: RunID) -> [AttemptRecord] {
    (attempts[run] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  func file(at path: String) -> RememberedFile? { files[path]?.file }
}
