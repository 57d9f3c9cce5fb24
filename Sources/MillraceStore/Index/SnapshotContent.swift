import MillraceCoding

/// What a snapshot is written from: the index, and how far it covers the segments.
struct SnapshotContent: Sendable {
  /// How many entries are encoded, and written, at once.
  private static let stretch = 8192

  private let index: RecordIndex
  private let covered: [(writer: UInt32, coverage: SegmentCoverage)]
  /// For each segment of the index its number in the snapshot, or -1 if it is not covered.
  private let numbers: [Int32]
  let header: SnapshotHeader

  /// - Parameter coverage: For each segment of the index how far it is covered, if it is.
  init(_ index: RecordIndex, _ coverage: [SegmentCoverage?]) {
    self.index = index
    var (numbers, covered) = ([Int32](), [(writer: UInt32, coverage: SegmentCoverage)]())
    for (segment, writer) in zip(coverage, index.segmentWriters) {
      numbers.append(segment == nil ? -1 : Int32(covered.count))
      if let segment { covered.append((writer, segment)) }
    }
    self.numbers = numbers
    self.covered = covered
    let events = index.eventBytes.heads.filter { Self.isWritten($0, numbers) }
    header = SnapshotHeader(
      writers: index.writers.count, segments: covered.count,
      entries: index.entries.count { Self.isWritten($0, numbers) }, events: events.count,
      eventBytes: events.reduce(0) { $0 + SnapshotHeader.eventHeadSize + Int($1.length) })
  }

  private static func isWritten(_ entry: RecordIndex.Entry, _ numbers: [Int32]) -> Bool {
    !entry.isLost && numbers[Int(entry.segment)] >= 0
  }

  private static func isWritten(_ event: EventBytes.Head, _ numbers: [Int32]) -> Bool {
    // What came from a snapshot is of segments that this one covers as well.
    event.segment < 0 || numbers[Int(event.segment)] >= 0
  }

  /// Gives the file's bytes from the first to the last.
  func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
    var crc = CRC32()
    func add(_ bytes: [UInt8]) throws {
      try bytes.withUnsafeBytes { bytes in
        crc.update(bytes)
        try append(bytes)
      }
    }
    var head = header.encoded()
    for writer in index.writers { writer.withUnsafeBytes { head += $0 } }
    for (writer, segment) in covered { encode(segment, by: writer, to: &head) }
    try add(head)
    var stretch: [UInt8] = []
    stretch.reserveCapacity(Self.stretch * SnapshotHeader.entrySize)
    for entry in index.entries where Self.isWritten(entry, numbers) {
      encode(entry, to: &stretch)
      guard stretch.count == Self.stretch * SnapshotHeader.entrySize else { continue }
      try add(stretch)
      stretch.removeAll(keepingCapacity: true)
    }
    index.eventBytes.forEach { event, payload in
      guard Self.isWritten(event, numbers) else { return }
      stretch.append(number: event.length)
      stretch.append(number: event.writer)
      stretch.append(contentsOf: payload)
    }
    try add(stretch)
    var trailer: [UInt8] = []
    trailer.append(number: crc.value)
    try trailer.withUnsafeBytes { try append($0) }
  }

  private func encode(
    _ segment: SegmentCoverage, by writer: UInt32, to bytes: inout [UInt8]
  ) {
    bytes.append(number: writer)
    bytes.append(number: segment.state.rawValue)
    bytes.append(number: UInt64(segment.covered))
    bytes.append(number: UInt64(segment.size))
  }

  @inline(__always)
  private func encode(_ entry: RecordIndex.Entry, to bytes: inout [UInt8]) {
    entry.key.digest.withUnsafeBytes { bytes.append(contentsOf: $0) }
    entry.artifact.withUnsafeBytes { bytes.append(contentsOf: $0) }
    let kind: UInt32 = entry.kind == .name ? 2 : entry.naming == .bound ? 1 : 0
    let numbers = (
      entry.time.nanoseconds.littleEndian, entry.nameHash.value.littleEndian,
      UInt64(entry.offset).littleEndian, entry.length.littleEndian,
      UInt32(self.numbers[Int(entry.segment)]).littleEndian, entry.writer.littleEndian,
      kind.littleEndian, UInt64(entry.size).littleEndian, entry.inlineOffset.littleEndian,
      UInt32(entry.content.rawValue).littleEndian
    )
    withUnsafeBytes(of: numbers) { bytes.append(contentsOf: $0) }
  }
}
