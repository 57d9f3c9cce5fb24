/// Reads deterministic CBOR item by item, in the order in which ``CBORWriter`` wrote it.
///
/// It accepts only what RFC 8949 §4.2.1 leaves: shortest heads, shortest floats, definite lengths.
/// The order of map keys is the caller's to check. Whatever the bytes are, it throws
/// ``CodingFailure`` rather than trap, and allocates no more than the bytes that are there.
/// After an error the reader has not moved past the item that caused it.
public struct CBORReader {
  private enum Source {
    case owned([UInt8])
    case borrowed(UnsafeRawBufferPointer)
  }

  private let source: Source

  /// The place of the next item, in bytes from the start.
  public private(set) var offset: Int = 0

  /// Reads from an array.
  public init(_ bytes: [UInt8]) {
    source = .owned(bytes)
  }

  /// Reads from memory that the caller keeps in place for as long as the reader is used.
  public init(_ bytes: UnsafeRawBufferPointer) {
    source = .borrowed(bytes)
  }

  /// The kinds of items that a reader tells apart without consuming them.
  public enum Kind: Hashable, Sendable {
    case integer, bytes, text, array, map, tag, bool, null, float, simple
  }

  /// Whether nothing is left.
  public var isAtEnd: Bool { offset == byteCount }

  /// How many bytes are left.
  public var remaining: Int { byteCount - offset }

  private var byteCount: Int {
    switch source {
    case .owned(let bytes): bytes.count
    case .borrowed(let bytes): bytes.count
    }
  }

  @inline(__always)
  private mutating func read<Value>(
    _ body: (inout CBORCursor) throws(CodingFailure) -> Value
  ) throws(CodingFailure) -> Value {
    switch source {
    case .owned(let bytes):
      return try bytes.withUnsafeBufferPointer { buffer throws(CodingFailure) in
        try read(from: UnsafeRawBufferPointer(buffer), body)
      }
    case .borrowed(let buffer):
      return try read(from: buffer, body)
    }
  }

  @inline(__always)
  private mutating func read<Value>(
    from buffer: UnsafeRawBufferPointer, _ body: (inout CBORCursor) throws(CodingFailure) -> Value
  ) throws(CodingFailure) -> Value {
    var cursor = CBORCursor(buffer, at: offset)
    let value = try body(&cursor)
    offset = cursor.offset
    return value
  }

  /// The kind of the next item, which is not consumed.
  public func peek() throws(CodingFailure) -> Kind {
    var copy = self
    let byte = try copy.read { cursor throws(CodingFailure) in try cursor.peek() }
    return switch byte >> 5 {
    case 0, 1: .integer
    case 2: .bytes
    case 3: .text
    case 4: .array
    case 5: .map
    case 6: .tag
    default:
      switch byte & 0x1f {
      case 20, 21: .bool
      case 22: .null
      case 25...27: .float
      default: .simple
      }
    }
  }

  /// Reads an integer that is not negative.
  public mutating func readUnsigned() throws(CodingFailure) -> UInt64 {
    try readInteger(as: UInt64.self)
  }

  /// Reads an integer.
  public mutating func readInteger() throws(CodingFailure) -> Int64 {
    try readInteger(as: Int64.self)
  }

  /// Reads an integer that must fit the given type.
  public mutating func readInteger<Number: FixedWidthInteger>(
    as type: Number.Type
  ) throws(CodingFailure) -> Number {
    try read { cursor throws(CodingFailure) in try cursor.integer(as: type) }
  }

  /// Reads a text string.
  public mutating func readText() throws(CodingFailure) -> String {
    try read { cursor throws(CodingFailure) in try cursor.text() }
  }

  /// Reads a byte string.
  public mutating func readBytes() throws(CodingFailure) -> [UInt8] {
    try read { cursor throws(CodingFailure) in [UInt8](try cursor.byteString()) }
  }

  /// Passes over a byte string and says where in the input its content lies.
  public mutating func readByteRange() throws(CodingFailure) -> Range<Int> {
    try read { cursor throws(CodingFailure) in
      let count = try cursor.byteString().count
      return cursor.offset - count..<cursor.offset
    }
  }

  /// Reads a tag; the next item is its content.
  public mutating func readTag() throws(CodingFailure) -> UInt64 {
    try read { cursor throws(CodingFailure) in try cursor.argument(of: .tag, "a tag") }
  }

  /// Reads an array's head.
  ///
  /// - Returns: How many elements follow; at most as many as there are bytes left.
  public mutating func readArrayHeader() throws(CodingFailure) -> Int {
    try read { cursor throws(CodingFailure) in try cursor.arrayCount() }
  }

  /// Reads a map's head.
  ///
  /// - Returns: How many pairs of key and value follow; at most half as many as there are bytes left.
  public mutating func readMapHeader() throws(CodingFailure) -> Int {
    try read { cursor throws(CodingFailure) in try cursor.mapCount() }
  }

  /// Reads true or false.
  public mutating func readBool() throws(CodingFailure) -> Bool {
    try read { cursor throws(CodingFailure) in try cursor.bool() }
  }

  /// Consumes the next item if it is null, and says whether it was.
  public mutating func readNullIfPresent() throws(CodingFailure) -> Bool {
    try read { cursor throws(CodingFailure) in try cursor.nullIfPresent() }
  }

  /// Reads a floating-point number of any width.
  public mutating func readDouble() throws(CodingFailure) -> Double {
    try read { cursor throws(CodingFailure) in try cursor.double() }
  }

  /// Passes over one item with all that it holds, and says where it lies.
  @discardableResult
  public mutating func skip() throws(CodingFailure) -> Range<Int> {
    let start = offset
    try read { cursor throws(CodingFailure) in try cursor.skip() }
    return start..<offset
  }

  /// Throws unless everything has been read.
  public func finish() throws(CodingFailure) {
    var copy = self
    try copy.read { cursor throws(CodingFailure) in try cursor.finish() }
  }
}
