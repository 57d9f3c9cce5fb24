import MillraceCoding

/// Reads a snapshot into an index of its own, which counts only if all of it proves right.
struct SnapshotReader {
  /// How many entries are read at once.
  private static let stretch = 32_768

  private let storage: any SnapshotStorage
  private let name: String
  private let header: SnapshotHeader
  private var offset = SnapshotHeader.size
  private var crc = CRC32()

  enum Problem: Error {
    /// Somebody has written a newer one and removed this.
    case gone
    case damaged
  }

  /// Reads the header only.
  ///
  /// - Throws: ``Problem``, ``SnapshotHeader/Problem``, or what the storage throws.
  init(_ name: String, of storage: any SnapshotStorage) throws {
    self.storage = storage
    self.name = name
    guard let (bytes, size) = try storage.read(name, from: 0, limit: SnapshotHeader.size) else {
      throw Problem.gone
    }
    header = try SnapshotHeader(bytes, fileSize: size)
    bytes.withUnsafeBytes { crc.update($0) }
  }

  /// How many records of the log the snapshot stands for.
  var records: Int { header.records }

  /// Reads the rest.
  mutating func read(_ budget: MemoryBudget) throws -> Snapshot {
    var index = RecordIndex()
    let header = header
    let writers = try read(header.writers * SnapshotHeader.writerSize) { bytes in
      (0..<header.writers).compactMap { number in
        let start = number * SnapshotHeader.writerSize
        return WriterID(bytes: UnsafeRawBufferPointer(rebasing: bytes[start..<start + 16]))
      }
    }
    for (number, writer) in writers.enumerated() {
      guard index.number(of: writer) == UInt32(number) else { throw Problem.damaged }
    }
    let coverage = try read(header.segments * SnapshotHeader.segmentSize) { bytes in
      try (0..<header.segments).map { try Self.segment($0, in: bytes, writers) }
    }
    for segment in coverage {
      _ = index.add(SegmentContents(writer: segment.writer, budget: budget))
    }
    index.reserve(header.entries)
    var rest = header.entries
    while rest > 0 {
      let count = min(rest, Self.stretch)
      try read(count * SnapshotHeader.entrySize) { bytes in
        for number in 0..<count { try Self.merge(number, of: bytes, into: &index, coverage) }
      }
      rest -= count
    }
    try readEvents(into: &index, writers)
    let end = try storage.read(name, from: offset, limit: SnapshotHeader.trailerSize)?.bytes ?? []
    guard end.count == SnapshotHeader.trailerSize,
      end.withUnsafeBytes({ $0.number(at: 0, as: UInt32.self) }) == crc.value
    else { throw Problem.damaged }
    return Snapshot(index: index, coverage: coverage, records: header.records)
  }

  private mutating func read<Result>(
    _ count: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    guard let (bytes, _) = try storage.read(name, from: offset, limit: count) else {
      throw Problem.gone
    }
    guard bytes.count == count else { throw Problem.damaged }
    offset += count
    return try bytes.withUnsafeBytes { bytes in
      crc.update(bytes)
      return try body(bytes)
    }
  }

  private static func segment(
    _ number: Int, in bytes: UnsafeRawBufferPointer, _ writers: [WriterID]
  ) throws(Problem) -> SegmentCoverage {
    let start = number * SnapshotHeader.segmentSize
    let writer = Int(bytes.number(at: start, as: UInt32.self))
    let state = SegmentCoverage.State(rawValue: bytes.number(at: start + 4, as: UInt32.self))
    let covered = Int(exactly: bytes.number(at: start + 8, as: UInt64.self))
    let size = Int(exactly: bytes.number(at: start + 16, as: UInt64.self))
    guard writer < writers.count, let state, let covered, let size, covered <= size else {
      throw .damaged
    }
    return SegmentCoverage(writer: writers[writer], covered: covered, size: size, state: state)
  }

  @inline(__always)
  private static func merge(
    _ number: Int, of bytes: UnsafeRawBufferPointer, into index: inout RecordIndex,
    _ coverage: [SegmentCoverage]
  ) throws(Problem) {
    let start = number * SnapshotHeader.entrySize
    let time = LogicalTime(nanoseconds: bytes.number(at: start + 64, as: UInt64.self))
    let hash = NameHash(value: bytes.number(at: start + 72, as: UInt64.self))
    let offset = bytes.number(at: start + 80, as: UInt64.self)
    let length = bytes.number(at: start + 88, as: UInt32.self)
    let segment = bytes.number(at: start + 92, as: UInt32.self)
    let writer = bytes.number(at: start + 96, as: UInt32.self)
    let kind = bytes.number(at: start + 100, as: UInt32.self)
    let size = Int(exactly: bytes.number(at: start + 104, as: UInt64.self))
    let inlineOffset = bytes.number(at: start + 112, as: UInt32.self)
    let content = UInt8(exactly: bytes.number(at: start + 116, as: UInt32.self)).flatMap(
      RecordIndex.Content.init)
    guard let size, let content, content != .inline || size <= Int(length) - Int(inlineOffset)
    else { throw .damaged }
    guard time <= .latest, segment < coverage.count, writer < index.writers.count, kind <= 2,
      offset >= Frame.headSize, offset < 1 << 48,
      Int(offset) + Int(length) <= coverage[Int(segment)].covered
    else { throw .damaged }
    var entry = RecordIndex.Entry(
      key: Key(bytes.loadUnaligned(fromByteOffset: start, as: Digest.self)),
      artifact: bytes.loadUnaligned(fromByteOffset: start + 32, as: Digest.self), time: time,
      segment: Int32(segment), payload: Int(offset)..<Int(offset) + Int(length))
    entry.setName(kind == 0 ? nil : hash)
    entry.kind = kind == 2 ? .name : .artifact
    entry.writer = writer
    (entry.content, entry.size, entry.inlineOffset) = (content, size, inlineOffset)
    index.merge(numbered: entry)
  }

  private mutating func readEvents(
    into index: inout RecordIndex, _ writers: [WriterID]
  ) throws {
    let count = header.events
    try read(header.eventBytes) { bytes in
      var place = 0
      for _ in 0..<count {
        guard bytes.count - place >= SnapshotHeader.eventHeadSize else { throw Problem.damaged }
        let length = Int(bytes.number(at: place, as: UInt32.self))
        let writer = Int(bytes.number(at: place + 4, as: UInt32.self))
        place += SnapshotHeader.eventHeadSize
        guard bytes.count - place >= length, writer < writers.count else { throw Problem.damaged }
        let payload = UnsafeRawBufferPointer(rebasing: bytes[place..<place + length])
        place += length
        guard let record = try? LogRecord(payload) else { throw Problem.damaged }
        let stamp = Stamp(time: record.time, writer: writers[writer])
        index.merge(event: record.content, stamp)
        index.keep(event: payload, by: writers[writer], in: -1)
      }
      guard place == bytes.count else { throw Problem.damaged }
    }
  }
}

/// What a snapshot says.
struct Snapshot {
  var index: RecordIndex
  /// For each segment of the index how far it is covered.
  var coverage: [SegmentCoverage]
  /// How many records of the log it stands for.
  var records: Int
}
