/// An integer type that is written as a CBOR integer.
protocol DirectlyCodableInteger: FixedWidthInteger, DirectlyEncodable, DirectlyDecodable {}

extension Int: DirectlyCodableInteger {}
extension Int8: DirectlyCodableInteger {}
extension Int16: DirectlyCodableInteger {}
extension Int32: DirectlyCodableInteger {}
extension Int64: DirectlyCodableInteger {}
extension UInt: DirectlyCodableInteger {}
extension UInt8: DirectlyCodableInteger {}
extension UInt16: DirectlyCodableInteger {}
extension UInt32: DirectlyCodableInteger {}
extension UInt64: DirectlyCodableInteger {}
extension Int128: DirectlyCodableInteger {}
extension UInt128: DirectlyCodableInteger {}

extension DirectlyCodableInteger {
  static var isLeaf: Bool { true }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) {
    for value in run(at: pointer, count: count) {
      level.output.writer.append(number: value)
    }
  }
}

extension CBORWriter {
  /// Appends an integer of any type; beyond 64 bits as a bignum (RFC 8949 §3.4.3).
  mutating func append(number value: some FixedWidthInteger) {
    // For a negative number -1 - value, which is the complement, is what is encoded.
    let isNegative = value < 0
    let magnitude = isNegative ? ~value : value
    if let small = UInt64(exactly: magnitude) {
      appendHead(isNegative ? .negative : .unsigned, small)
      return
    }
    append(tag: isNegative ? CBORTag.negativeBignum : CBORTag.positiveBignum)
    let zeros = magnitude.leadingZeroBitCount / 8
    withUnsafeBytes(of: magnitude.bigEndian) {
      append(bytes: UnsafeRawBufferPointer(rebasing: $0[zeros...]))
    }
  }
}

extension Bool: DirectlyEncodable {
  static var isLeaf: Bool { true }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) {
    for value in run(at: pointer, count: count) { level.output.writer.append(bool: value) }
  }
}

extension Double: DirectlyEncodable {
  static var isLeaf: Bool { true }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) {
    for value in run(at: pointer, count: count) { level.output.writer.append(double: value) }
  }
}

extension Float: DirectlyEncodable {
  static var isLeaf: Bool { true }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) {
    for value in run(at: pointer, count: count) { level.output.writer.append(float: value) }
  }
}

extension String: DirectlyEncodable {
  static var isLeaf: Bool { true }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) {
    for value in run(at: pointer, count: count) { level.output.writer.append(text: value) }
  }
}
