import MillraceCoding
import Testing

@testable import MillraceStore

/// Records in other segments than their first.
@Suite struct RecordMovingTests {
  private let writers = [WriterID(high: 1, low: 2), WriterID(high: 3, low: 4)]

  private func move(_ payload: [UInt8], from writer: WriterID) throws -> [UInt8] {
    try payload.withUnsafeBytes { try RecordMoving.payload($0, from: writer) }
  }

  @Test func `a record that moves names its first writer, and changes in nothing else`() throws {
    let time = LogicalTime(nanoseconds: 77)
    let binding = NameBinding(
      name: "n", artifact: .sha256([1]), key: .sample(1), size: 1, codec: "c", run: nil, time: time)
    let payload = binding.encoded()
    let moved = try move(payload, from: writers[0])
    let record = try moved.withUnsafeBytes { try LogRecord($0) }
    #expect(record.writer == writers[0])
    #expect(record.time == time)
    guard case .name(let read) = record.content else { throw CodingFailure.incompleteRecord }
    #expect(read == binding)
    #expect(moved.count == payload.count + 18)
    // One that moves again keeps that.
    #expect(try move(moved, from: writers[1]) == moved)
  }

  @Test func `a record without further fields, and one of many, can move`() throws {
    let end = SegmentMark.end(at: LogicalTime(nanoseconds: 5))
    let moved = try move(end, from: writers[0]).withUnsafeBytes { try LogRecord($0) }
    #expect(moved.writer == writers[0] && moved.time.nanoseconds == 5)
    // 23 fields are the most whose number is one byte.
    var many = RecordWriter(.file, time: LogicalTime(nanoseconds: 6), fieldCount: 21)
    for field in 8..<29 { many.add(UInt64(field), UInt64(field)) }
    let payload = try move(many.payload, from: writers[0])
    var reader = try payload.withUnsafeBytes { bytes in
      var reader = try RecordReader(bytes)
      var fields: [UInt64] = []
      while let field = try reader.next() {
        fields.append(field)
        try reader.skip()
      }
      return fields
    }
    #expect(reader.removeFirst() == 0)
    #expect(reader == [1, 2] + (8..<29).map { UInt64($0) })
  }
}
