/// Writes deterministic CBOR (RFC 8949 §4.2.1), item by item.
///
/// Every head, integer and float takes its shortest form. What a caller decides stays the caller's
/// duty: that a header's count is met, and that the keys of a map come in the order of their
/// encodings, each once.
public struct CBORWriter: Sendable {
  /// What has been written.
  public internal(set) var bytes: [UInt8]

  /// Makes a writer with nothing written.
  ///
  /// - Parameter capacity: How many bytes to have room for from the start.
  public init(reservingCapacity capacity: Int = 0) {
    bytes = []
    if capacity > 0 { bytes.reserveCapacity(capacity) }
  }

  /// Forgets what has been written, and keeps the memory.
  public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  /// Makes room for so many more bytes.
  public mutating func reserve(_ count: Int) {
    let needed = bytes.count + count
    // Twice as much at least, or many small reservations would each move all that is there.
    if needed > bytes.capacity { bytes.reserveCapacity(max(needed, 2 * bytes.capacity)) }
  }

  /// Appends an unsigned integer.
  public mutating func append(unsigned value: UInt64) {
    appendHead(.unsigned, value)
  }

  /// Appends an integer.
  public mutating func append(integer value: Int64) {
    // For a negative number -1 - value, which is the complement, is what is encoded.
    if value >= 0 {
      appendHead(.unsigned, UInt64(bitPattern: value))
    } else {
      appendHead(.negative, UInt64(bitPattern: ~value))
    }
  }

  /// Appends an integer.
  public mutating func append(integer value: Int) {
    append(integer: Int64(value))
  }

  /// Appends a text string.
  public mutating func append(text: String) {
    // A native string gives its UTF-8 in place; only a bridged one is copied first.
    var text = text
    text.withUTF8 { utf8 in
      appendHead(.text, UInt64(utf8.count))
      bytes.append(contentsOf: utf8)
    }
  }

  /// Appends a byte string.
  public mutating func append(bytes content: UnsafeRawBufferPointer) {
    appendHead(.bytes, UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  /// Appends a byte string.
  public mutating func append(bytes content: [UInt8]) {
    appendHead(.bytes, UInt64(content.count))
    bytes.append(contentsOf: content)
  }

  /// Appends a tag; the next item is its content.
  public mutating func append(tag: UInt64) {
    appendHead(.tag, tag)
  }

  /// Appends the head of an array; the next `count` items are its elements.
  ///
  /// - Precondition: `count` is not negative.
  public mutating func appendArrayHeader(count: Int) {
    appendHead(.array, UInt64(count))
  }

  /// Appends the head of a map; the next `count` pairs of items are its keys and values.
  ///
  /// - Precondition: `count` is not negative.
  public mutating func appendMapHeader(count: Int) {
    appendHead(.map, UInt64(count))
  }

  /// Appends true or false.
  public mutating func append(bool: Bool) {
    bytes.append(bool ? 0xf5 : 0xf4)
  }

  /// Appends null.
  public mutating func appendNull() {
    bytes.append(0xf6)
  }

  /// Appends items that are already encoded.
  public mutating func append(encoded: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: encoded)
  }

  /// Appends items that are already encoded.
  public mutating func append(encoded: [UInt8]) {
    bytes.append(contentsOf: encoded)
  }

  /// Appends the shortest head for an argument (RFC 8949 §3).
  @inline(__always)
  mutating func appendHead(_ major: CBORMajorType, _ argument: UInt64) {
    let type = major.rawValue << 5
    if argument < 24 {
      bytes.append(type | UInt8(truncatingIfNeeded: argument))
    } else {
      appendLongHead(type, argument)
    }
  }

  private mutating func appendLongHead(_ type: UInt8, _ argument: UInt64) {
    if argument <= 0xff {
      bytes.append(type | 24)
      bytes.append(UInt8(truncatingIfNeeded: argument))
    } else if argument <= 0xffff {
      append(type | 25, UInt16(truncatingIfNeeded: argument))
    } else if argument <= 0xffff_ffff {
      append(type | 26, UInt32(truncatingIfNeeded: argument))
    } else {
      append(type | 27, argument)
    }
  }

  /// Appends a first byte and a big-endian number.
  mutating func append(_ first: UInt8, _ number: some FixedWidthInteger) {
    bytes.append(first)
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}

/// The major types of RFC 8949 §3.1.
enum CBORMajorType: UInt8 {
  case unsigned = 0, negative, bytes, text, array, map, tag, simple
}
