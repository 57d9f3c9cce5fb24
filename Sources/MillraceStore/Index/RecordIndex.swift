import MillraceCoding

/// All that the log says, for answers without reading it: a value, made by merging records.
///
/// The order in which records come makes no difference; their stamps decide.
struct RecordIndex: Sendable {
  /// What is known of an artifact's bytes without reading its record.
  enum Content: UInt8, Sendable {
    case unread
    /// They are in the record.
    case inline
    /// They are an object.
    case object
    /// Wherever they are, they stand for the contents of files, which may have changed.
    case namingFiles
  }

  /// One record that stays in its segment: an artifact, or a name that was bound.
  struct Entry: Sendable {
    enum Kind: UInt8 { case artifact, name }
    /// What is known of the name that a record binds.
    enum Naming: UInt8 { case unread, none, bound }

    var key: Key
    var artifact: Digest
    var time: LogicalTime
    /// Of the name, if the record is known to bind one.
    var nameHash = NameHash(value: 0)
    /// Where the payload is: a segment of ``segments``, and a range in it.
    var offset: Int
    var length: UInt32
    var segment: Int32
    /// Who wrote the record first, one of ``writers``.
    var writer: UInt32 = 0
    /// The entry of the same key that came before this one, or -1.
    var previous: Int32 = -1
    /// The entry of the same name's hash that came before this one, or -1.
    var previousOfName: Int32 = -1
    /// How many bytes the artifact has, and where in the payload they begin, as ``content`` says.
    var size = 0
    var inlineOffset: UInt32 = 0
    var kind = Kind.artifact
    var naming = Naming.unread
    var content = Content.unread
    /// Whether the record cannot be read any more, so that it counts as not there.
    var isLost = false

    /// Where in its segment the payload is.
    var payload: Range<Int> { offset..<offset + Int(length) }

    /// Where in its segment the artifact's bytes are, if they are known to be there.
    var inline: Range<Int>? {
      guard content == .inline else { return nil }
      return offset + Int(inlineOffset)..<offset + Int(inlineOffset) + size
    }

    init(
      key: Key, artifact: Digest, time: LogicalTime, segment: Int32, payload: Range<Int>
    ) {
      self.key = key
      self.artifact = artifact
      self.time = time
      self.segment = segment
      offset = payload.lowerBound
      length = UInt32(payload.count)
    }

    /// Says where the artifact's bytes are.
    @inline(__always)
    mutating func setContent(_ scan: ArtifactScan) {
      (content, size, inlineOffset) = (scan.content, scan.size, scan.inlineOffset)
    }

    /// Says which name the record binds, if it does.
    mutating func setName(_ hash: NameHash?) {
      naming = hash == nil ? .none : .bound
      nameHash = hash ?? NameHash(value: 0)
    }
  }

  private(set) var segments: [SegmentContents] = []
  /// Of each segment the number of its writer.
  private(set) var segmentWriters: [UInt32] = []
  private(set) var writers: [WriterID] = []
  private var writerNumbers: [WriterID: UInt32] = [:]
  // Of this and the tables, extensions of this type change what their names say.
  var entries: [Entry] = []
  /// For each key its winning entry, from which the others can be reached.
  var latest = KeyTable()
  /// For each name's hash the latest entry, from which the others can be reached.
  var latestOfName = KeyTable()
  /// How many entries were looked through for the names that they bind: most runs ask for none.
  var namedCount = 0
  /// When the latest of ``entries`` was recorded.
  private(set) var latestTime = LogicalTime(nanoseconds: 0)
  private(set) var events = EventIndex()
  /// When the latest of ``events`` was recorded.
  private(set) var latestEventTime = LogicalTime(nanoseconds: 0)
  /// The events that are in the log.
  private(set) var eventBytes = EventBytes()
  /// How often records disappeared after they had been merged.
  private(set) var lossCount = 0
  /// Whether a record's name could not be read for once.
  var missesNames = false

  // MARK: Merging

  /// Adds a segment, so that records in it can be merged.
  ///
  /// - Returns: Its number.
  mutating func add(_ segment: SegmentContents) -> Int32 {
    segments.append(segment)
    segmentWriters.append(number(of: segment.writer))
    return Int32(segments.count - 1)
  }

  /// The number of a writer, who may be new.
  mutating func number(of writer: WriterID) -> UInt32 {
    if let number = writerNumbers[writer] { return number }
    let number = UInt32(writers.count)
    writers.append(writer)
    writerNumbers[writer] = number
    return number
  }

  /// Merges a record that lies at a place of a segment.
  ///
  /// - Parameters:
  ///   - bytes: The payload itself.
  ///   - readingName: Whether to find out now which name the record binds, as reading it once more
  ///     would be dear.
  @inline(__always)
  mutating func merge(
    _ record: LogRecord, in segment: Int32, payload: Range<Int>, bytes: UnsafeRawBufferPointer,
    readingName: Bool
  ) {
    switch record.content {
    case .artifact(let key, let artifact):
      var entry = Entry(
        key: key, artifact: artifact, time: record.time, segment: segment, payload: payload)
      if readingName { entry.setName(ArtifactCoding.nameHash(bytes)) }
      merge(entry, by: record.writer)
    case .name(let binding):
      var entry = Entry(
        key: binding.key, artifact: binding.artifact, time: record.time, segment: segment,
        payload: payload)
      entry.kind = .name
      entry.setName(NameHash(binding.name))
      merge(entry, by: record.writer)
    case .segmentStart, .segmentEnd: break
    default:
      let writer = record.writer ?? segments[Int(segment)].writer
      merge(event: record.content, Stamp(time: record.time, writer: writer))
      keep(event: bytes, by: writer, in: segment)
    }
  }

  /// Merges an artifact's record that lies at a place of a segment.
  @inline(__always)
  mutating func merge(_ scan: ArtifactScan, in segment: Int32, payload: Range<Int>) {
    guard let key = scan.key, let artifact = scan.artifact else { return }
    var entry = Entry(
      key: key, artifact: artifact, time: scan.time, segment: segment, payload: payload)
    entry.setName(scan.nameHash)
    entry.setContent(scan)
    merge(entry, by: scan.writer)
  }

  /// Merges a record of which the place is known.
  ///
  /// - Parameter writer: Who wrote it first, if that is not the segment's writer.
  mutating func merge(_ entry: Entry, by writer: WriterID? = nil) {
    var entry = entry
    entry.writer = writer.map { number(of: $0) } ?? segmentWriters[Int(entry.segment)]
    merge(numbered: entry)
  }

  /// Merges a record with the number of its writer.
  mutating func merge(numbered entry: Entry) {
    entries.append(entry)
    latestTime = max(latestTime, entry.time)
    if entry.kind == .artifact { link(Int32(entries.count - 1)) }
  }

  /// Merges results that were put one behind another.
  ///
  /// - Returns: The keys that had another result.
  mutating func merge(_ entries: [Entry], at stretch: LogWriter.Stretch) -> [Key] {
    var conflicts: [Key] = []
    for var entry in entries {
      entry.segment = stretch.segment
      entry.offset += stretch.offset
      if let before = find(entry.key), self.entries[Int(before)].artifact != entry.artifact {
        conflicts.append(entry.key)
      }
      merge(entry)
    }
    return conflicts
  }

  /// Makes room for so many more entries, or for twice as many as there are.
  mutating func expect(_ count: Int) {
    let needed = entries.count + count
    if needed > entries.capacity { reserve(max(needed, 2 * entries.count)) }
  }

  /// Makes room for so many entries.
  mutating func reserve(_ count: Int) {
    entries.reserveCapacity(count)
    latest.reserve(count)
  }

  /// Makes room for the records in so many more bytes of a segment, if they are as small as most.
  mutating func expect(bytes: Int) {
    expect(bytes / 400)
  }

  /// Merges what is neither a result nor a name.
  mutating func merge(event content: LogRecord.Content, _ stamp: Stamp) {
    latestEventTime = max(latestEventTime, stamp.time)
    events.merge(content, stamp)
  }

  /// Keeps the payload of an event that is in the log, so that a snapshot can have it.
  mutating func keep(
    event payload: UnsafeRawBufferPointer, by writer: WriterID, in segment: Int32
  ) {
    eventBytes.append(payload, by: number(of: writer), in: segment)
  }

  /// How many records of the log this stands for.
  var records: Int { entries.count + eventBytes.heads.count }

  /// Whether this is what somebody would know who read the log now, names included.
  var isWhatTheLogSays: Bool {
    lossCount == 0 && !missesNames && namedCount == entries.count
  }

  // MARK: Losing

  /// Counts a record as not there, because its bytes are not what they were.
  mutating func lose(_ number: Int32) {
    guard !entries[Int(number)].isLost else { return }
    lossCount += 1
    entries[Int(number)].isLost = true
    let entry = entries[Int(number)]
    if entry.kind == .artifact { relink(entry.key) }
    if entry.naming == .bound, Int(number) < namedCount { relinkName(entry.nameHash) }
  }

  /// Puts the entry in front that is the latest now.
  private mutating func relink(_ key: Key) {
    var chain = chain(from: first(of: key), by: \.previous)
    guard let winner = chain.indices.max(by: { isEarlier(chain[$0], chain[$1]) }) else { return }
    chain.swapAt(0, winner)
    for (number, previous) in zip(chain, chain.dropFirst() + [-1]) {
      entries[Int(number)].previous = previous
    }
    _ = latest.update(key.hash, to: chain[0]) { [entries] in entries[Int($0)].key == key }
  }

  /// Counts what segments said as not said, because they are gone: what mattered of it was moved.
  mutating func lose(segments: Set<Int32>) {
    lossCount += 1
    for number in entries.indices where segments.contains(entries[number].segment) {
      entries[number].isLost = true
    }
    relink()
  }

  /// Puts all entries into chains anew.
  private mutating func relink() {
    (latest, latestOfName, namedCount) = (KeyTable(), KeyTable(), 0)
    latest.reserve(entries.count)
    for number in entries.indices {
      entries[number].previous = -1
      entries[number].previousOfName = -1
    }
    for number in entries.indices where entries[number].kind == .artifact && !entries[number].isLost
    {
      link(Int32(number))
    }
  }

  /// Puts an entry into the chain of its key: the latest comes first.
  @inline(__always)
  private mutating func link(_ number: Int32) {
    let key = entries[Int(number)].key
    let winner = latest.update(key.hash, to: number) { [entries] in
      entries[Int($0)].key == key
    }
    guard winner >= 0 else { return }
    if isEarlier(winner, number) {
      entries[Int(number)].previous = winner
    } else {
      entries[Int(number)].previous = entries[Int(winner)].previous
      entries[Int(winner)].previous = number
      _ = latest.update(key.hash, to: winner) { [entries] in entries[Int($0)].key == key }
    }
  }

  /// How many records of results there are.
  var resultCount: Int { entries.count { $0.kind == .artifact } }

  /// The numbers of a chain, in no order but for the first.
  func chain(from first: Int32, by previous: KeyPath<Entry, Int32>) -> [Int32] {
    var found: [Int32] = []
    var number = first
    while number >= 0 {
      found.append(number)
      number = entries[Int(number)][keyPath: previous]
    }
    return found
  }

  // MARK: Order

  func stamp(of entry: Entry) -> Stamp {
    Stamp(time: entry.time, writer: writers[Int(entry.writer)])
  }

  /// Whether an entry counts less than another: it is lost, or was recorded before it.
  func isEarlier(_ first: Int32, _ second: Int32) -> Bool {
    let (one, other) = (entries[Int(first)], entries[Int(second)])
    if one.isLost != other.isLost { return one.isLost }
    return one.time == other.time ? stamp(of: one) < stamp(of: other) : one.time < other.time
  }

  /// Orders entries, the latest first, and leaves out lost ones and copies of a record.
  func latestFirst(_ numbers: [Int32]) -> [Int32] {
    let sorted = numbers.filter { !entries[Int($0)].isLost }.sorted { isEarlier($1, $0) }
    var result: [Int32] = []
    for number in sorted {
      if let last = result.last, !isEarlier(number, last) { continue }
      result.append(number)
    }
    return result
  }
}

extension Key {
  /// A digest is as good as random already, so its first bytes are the hash.
  @inline(__always)
  var hash: UInt64 { digest.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) } }
}
