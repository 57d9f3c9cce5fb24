/// What a snapshot's file begins with: how much of what follows.
///
/// | bytes | little-endian |
/// | --- | --- |
/// | 0…15 | `millrace idx 2\r\n` |
/// | 16…19 | how many writers |
/// | 20…23 | how many segments |
/// | 24…31 | how many entries |
/// | 32…39 | how many events |
/// | 40…47 | the length of all events, their heads included |
/// | 48…59 | zeros |
/// | 60…63 | the CRC-32 of bytes 0…59 |
///
/// Then writers, segments, entries and events follow without gaps, and the CRC-32 of everything.
struct SnapshotHeader: Equatable {
  static let size = 64
  static let writerSize = 16
  static let segmentSize = 24
  static let entrySize = 120
  static let eventHeadSize = 8
  static let trailerSize = 4
  private static let magic = Array("millrace idx 2\r\n".utf8)

  enum Problem: Error {
    case damaged
    /// Whole, and of a version that this one does not know.
    case newer
  }

  var writers: Int
  var segments: Int
  var entries: Int
  var events: Int
  var eventBytes: Int

  /// How many records of the log the snapshot stands for.
  var records: Int { entries + events }

  /// The size of the whole file in bytes.
  var fileSize: Int {
    Self.size + writers * Self.writerSize + segments * Self.segmentSize + entries * Self.entrySize
      + eventBytes + Self.trailerSize
  }

  init(writers: Int, segments: Int, entries: Int, events: Int, eventBytes: Int) {
    self.writers = writers
    self.segments = segments
    self.entries = entries
    self.events = events
    self.eventBytes = eventBytes
  }

  /// - Parameter fileSize: Of the file that begins with the bytes.
  init(_ bytes: [UInt8], fileSize: Int) throws(Problem) {
    var isNewer = false
    let fields: SnapshotHeader? = bytes.withUnsafeBytes { bytes in
      guard bytes.count == Self.size else { return nil }
      let checked = UnsafeRawBufferPointer(rebasing: bytes[..<60])
      guard bytes.number(at: 60, as: UInt32.self) == CRC32.checksum(checked) else { return nil }
      isNewer = !bytes.prefix(Self.magic.count).elementsEqual(Self.magic)
      func count(at place: Int) -> Int? {
        let number = bytes.number(at: place, as: UInt64.self)
        // No product of two of them overflows.
        return number < 1 << 40 ? Int(number) : nil
      }
      guard let entries = count(at: 24), let events = count(at: 32), let length = count(at: 40),
        entries <= Int(Int32.max)
      else { return nil }
      return SnapshotHeader(
        writers: Int(bytes.number(at: 16, as: UInt32.self)),
        segments: Int(bytes.number(at: 20, as: UInt32.self)), entries: entries, events: events,
        eventBytes: length)
    }
    if isNewer { throw .newer }
    guard let fields, fields.fileSize == fileSize else { throw .damaged }
    self = fields
  }

  func encoded() -> [UInt8] {
    var bytes = Self.magic
    bytes.append(number: UInt32(writers))
    bytes.append(number: UInt32(segments))
    bytes.append(number: UInt64(entries))
    bytes.append(number: UInt64(events))
    bytes.append(number: UInt64(eventBytes))
    bytes += [UInt8](repeating: 0, count: 60 - bytes.count)
    bytes.append(number: bytes.withUnsafeBytes { CRC32.checksum($0) })
    return bytes
  }
}

extension UnsafeRawBufferPointer {
  @inline(__always)
  func number<Number: FixedWidthInteger>(at place: Int, as type: Number.Type) -> Number {
    Number(littleEndian: loadUnaligned(fromByteOffset: place, as: type))
  }
}

extension [UInt8] {
  mutating func append(number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}
