import MillraceCoding

/// What a record is about. A reader skips kinds that it does not know.
enum RecordKind: UInt64 {
  case segmentStart = 0
  case segmentEnd
  case artifact
  case invalidation
  case name
  case runStart
  case runEnd
  case file
  case attempt
  case segments
}

/// The fields that every kind of record has: 0 to 7. The meaning of the others depends on the kind.
enum CommonField {
  static let kind: UInt64 = 0
  static let time: UInt64 = 1
  /// Only in records that somebody else wrote first, so that moving one keeps its place.
  static let writer: UInt64 = 2
  static let run: UInt64 = 3
}

/// Writes a record's payload: a canonical CBOR map from small integers, in rising order.
struct RecordWriter {
  private var writer: CBORWriter

  /// - Parameters:
  ///   - fieldCount: How many fields are going to be added, optional ones counted if present.
  ///   - capacity: About how many bytes they take.
  init(
    _ kind: RecordKind, time: LogicalTime, run: RunID? = nil, fieldCount: Int, capacity: Int = 0
  ) {
    writer = CBORWriter(reservingCapacity: 32 + capacity)
    writer.appendMapHeader(count: 2 + (run == nil ? 0 : 1) + fieldCount)
    add(CommonField.kind, kind.rawValue)
    add(CommonField.time, time.nanoseconds)
    if let run { run.withUnsafeBytes { add(CommonField.run, $0) } }
  }

  mutating func add(_ field: UInt64, _ value: UInt64) {
    writer.append(unsigned: field)
    writer.append(unsigned: value)
  }

  mutating func add(_ field: UInt64, _ value: Int64) {
    writer.append(unsigned: field)
    writer.append(integer: value)
  }

  mutating func add(_ field: UInt64, _ value: String) {
    writer.append(unsigned: field)
    writer.append(text: value)
  }

  mutating func add(_ field: UInt64, _ value: UnsafeRawBufferPointer) {
    writer.append(unsigned: field)
    writer.append(bytes: value)
  }

  mutating func add(_ field: UInt64, _ value: Digest) {
    value.withUnsafeBytes { add(field, $0) }
  }

  var payload: [UInt8] { writer.bytes }
}

/// Reads a record's payload field by field, in rising order.
struct RecordReader {
  private var reader: CBORReader
  private let payload: UnsafeRawBufferPointer
  private var remaining: Int
  private var lastField: UInt64?

  init(_ payload: UnsafeRawBufferPointer) throws(CodingFailure) {
    self.payload = payload
    reader = CBORReader(payload)
    remaining = try reader.readMapHeader()
  }

  /// The next field's number, or `nil` after the last. Its value must be read or skipped.
  mutating func next() throws(CodingFailure) -> UInt64? {
    guard remaining > 0 else { return nil }
    remaining -= 1
    let field = try reader.readUnsigned()
    if let lastField, field <= lastField {
      throw CodingFailure(
        .notDeterministic, "The fields are not in rising order.", offset: reader.offset)
    }
    lastField = field
    return field
  }

  mutating func unsigned() throws(CodingFailure) -> UInt64 { try reader.readUnsigned() }
  mutating func integer() throws(CodingFailure) -> Int64 { try reader.readInteger() }
  mutating func text() throws(CodingFailure) -> String { try reader.readText() }
  mutating func bytes() throws(CodingFailure) -> [UInt8] { try reader.readBytes() }
  mutating func byteRange() throws(CodingFailure) -> Range<Int> { try reader.readByteRange() }
  /// Where in the payload the bytes of a text are.
  mutating func textRange() throws(CodingFailure) -> Range<Int> {
    guard try reader.peek() == .text else { throw .incompleteRecord }
    let item = try reader.skip()
    // The head has the length, or says in how many bytes behind it that is.
    let size = payload[item.lowerBound] & 0x1f
    let head = size < 24 ? 1 : 1 + 1 << Int(size - 24)
    return item.dropFirst(head)
  }
  mutating func skip() throws(CodingFailure) { try reader.skip() }

  /// A count, which must fit an `Int`.
  mutating func count() throws(CodingFailure) -> Int {
    try reader.readInteger(as: Int.self)
  }

  mutating func digest() throws(CodingFailure) -> Digest {
    let range = try reader.readByteRange()
    guard range.count == Digest.byteCount else {
      throw CodingFailure(
        .outOfRange, "A digest has 32 bytes; these are \(range.count).", offset: range.lowerBound)
    }
    // A digest is its bytes as they lie in memory; its generic initialiser takes ten times as long.
    return payload.loadUnaligned(fromByteOffset: range.lowerBound, as: Digest.self)
  }

  mutating func run() throws(CodingFailure) -> RunID {
    guard let run = RunID(bytes: try reader.readBytes()) else {
      throw CodingFailure(.outOfRange, "A run has 16 bytes.", offset: reader.offset)
    }
    return run
  }

  /// Writers one behind the other.
  mutating func writers() throws(CodingFailure) -> [WriterID] {
    let range = try reader.readByteRange()
    guard range.count % 16 == 0 else {
      throw CodingFailure(.outOfRange, "A writer has 16 bytes.", offset: range.lowerBound)
    }
    return stride(from: range.lowerBound, to: range.upperBound, by: 16).compactMap {
      WriterID(bytes: UnsafeRawBufferPointer(rebasing: payload[$0..<$0 + 16]))
    }
  }

  mutating func writer() throws(CodingFailure) -> WriterID {
    let range = try reader.readByteRange()
    guard let writer = WriterID(bytes: UnsafeRawBufferPointer(rebasing: payload[range])) else {
      throw CodingFailure(.outOfRange, "A writer has 16 bytes.", offset: range.lowerBound)
    }
    return writer
  }
}
