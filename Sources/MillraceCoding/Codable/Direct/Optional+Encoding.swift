extension Optional: DirectlyEncodable where Wrapped: Encodable {
  static var isLeaf: Bool {
    if case .leaf = ElementEncoding(Wrapped.self) { true } else { false }
  }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) throws {
    // Columns with gaps are common, and the compiler can do much better with a type that it knows.
    if Wrapped.self == Double.self {
      for value in Double?.run(at: pointer, count: count) {
        if let value { level.output.writer.append(double: value) } else { level.writeNull() }
      }
    } else if Wrapped.self == Int.self {
      for value in Int?.run(at: pointer, count: count) {
        if let value { level.output.writer.append(integer: value) } else { level.writeNull() }
      }
    } else if Wrapped.self == String.self {
      for value in String?.run(at: pointer, count: count) {
        if let value { level.output.writer.append(text: value) } else { level.writeNull() }
      }
    } else {
      for value in run(at: pointer, count: count) { try encode(value, in: level, nil) }
    }
  }

  private static func encode(
    _ value: Self, in level: ValueEncoder, _ key: (any CodingKey)?
  ) throws {
    guard let value else {
      level.output.writer.appendNull()
      return
    }
    let start = level.output.count
    try level.write(value, key)
    level.output.writer.markPresent(from: start)
  }
}

extension Optional: OptionalEncodable where Wrapped: Encodable {
  static func encodeOptional(
    at pointer: UnsafeRawPointer, in level: ValueEncoder, _ key: (any CodingKey)?
  ) throws {
    try encode(pointer.assumingMemoryBound(to: Self.self).pointee, in: level, key)
  }
}

extension ValueEncoder {
  fileprivate func writeNull() { output.writer.appendNull() }
}

extension CBORWriter {
  /// Puts the tag for a present value before an item that would be read as absent: null, or null
  /// with such tags already.
  mutating func markPresent(from start: Int) {
    let isAbsentLooking = bytes.withUnsafeBytes {
      CBORCursor($0, at: start).isNull || CBORCursor($0, at: start).isMarkedPresent
    }
    guard isAbsentLooking else { return }
    var tag = CBORWriter()
    tag.append(tag: CBORTag.present)
    bytes.insert(contentsOf: tag.bytes, at: start)
  }
}

extension CBORCursor {
  /// Whether the next item is null.
  var isNull: Bool { offset < bytes.count && bytes[offset] == 0xf6 }

  /// Whether the next item carries the tag for a present value.
  var isMarkedPresent: Bool {
    guard remaining > 5, bytes[offset] == 0xda else { return false }
    let tag = UInt32(
      bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 1, as: UInt32.self))
    return UInt64(tag) == CBORTag.present
  }
}
