import MillraceCoding

/// A record in another segment than its first: as it was, and with its first writer in field 2.
enum RecordMoving {
  /// - Parameters:
  ///   - payload: Of a valid record.
  ///   - writer: Of the segment that it lies in.
  static func payload(
    _ payload: UnsafeRawBufferPointer, from writer: WriterID
  ) throws(CodingFailure) -> [UInt8] {
    var reader = CBORReader(payload)
    let count = try reader.readMapHeader()
    let fields = reader.offset
    // Fields 0 and 1 come first in every record.
    for _ in 0..<2 {
      _ = try reader.readUnsigned()
      _ = try reader.readUnsigned()
    }
    let rest = reader.offset
    if count > 2, try reader.readUnsigned() == CommonField.writer { return [UInt8](payload) }
    var moved = CBORWriter(reservingCapacity: payload.count + 24)
    moved.appendMapHeader(count: count + 1)
    moved.append(encoded: UnsafeRawBufferPointer(rebasing: payload[fields..<rest]))
    moved.append(unsigned: CommonField.writer)
    writer.withUnsafeBytes { moved.append(bytes: $0) }
    moved.append(encoded: UnsafeRawBufferPointer(rebasing: payload[rest...]))
    return moved.bytes
  }
}
