import MillraceCoding

@testable import MillraceStore

extension Storage {
  /// Writes what a segment says into a new one, each record with who wrote it first, and that the old one
  /// may go, as a clean-up does.
  func copySegment(_ name: String, as writer: WriterID) throws {
    guard let first = WriterID(name: name) else { return }
    let bytes = try logs.read(name, from: 0, limit: .max / 2).bytes
    var copy = Frame.magic
    let seed = Frame.seed(for: writer)
    func append(_ payload: [UInt8]) {
      payload.withUnsafeBytes { payload in
        Frame(of: payload).append(to: &copy, at: copy.count, seed: seed)
        copy.append(contentsOf: payload)
      }
    }
    var end: [UInt8] = []
    try bytes.withUnsafeBytes { bytes in
      let start = Frame.magic.count
      var scanner = SegmentScanner(
        UnsafeRawBufferPointer(rebasing: bytes[start...]), at: start, seed: Frame.seed(for: first))
      while case .record(let range) = scanner.next() {
        let payload = Array(bytes[range])
        let record = try payload.withUnsafeBytes { try LogRecord($0) }
        switch record.content {
        case .segmentStart: append(payload)
        case .segmentEnd: end = payload
        default: append(try Self.moved(payload, by: record.writer ?? first))
        }
      }
    }
    append(SegmentsRecord(removed: [first]).encoded(at: LogicalTime(nanoseconds: 1)))
    if !end.isEmpty { append(end) }
    let segment = try logs.create(writer.name)
    try segment.append(copy)
    try segment.seal()
  }

  /// A record's payload with who wrote it first.
  private static func moved(_ payload: [UInt8], by writer: WriterID) throws -> [UInt8] {
    var reader = CBORReader(payload)
    let count = try reader.readMapHeader()
    var copy = CBORWriter()
    var fields: [(number: UInt64, value: ArraySlice<UInt8>)] = []
    for _ in 0..<count {
      let number = try reader.readUnsigned()
      fields.append((number, payload[try reader.skip()]))
    }
    var field = CBORWriter()
    writer.withUnsafeBytes { field.append(bytes: $0) }
    fields.removeAll { $0.number == 2 }
    fields.insert((2, field.bytes[...]), at: 2)
    copy.appendMapHeader(count: fields.count)
    for (number, value) in fields {
      copy.append(unsigned: number)
      copy.append(encoded: Array(value))
    }
    return copy.bytes
  }
}
