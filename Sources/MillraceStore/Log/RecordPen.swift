/// Writes a record's items into memory that has room for them: what `CBORWriter` does where nothing is
/// known of the size, at a third of the cost.
struct RecordPen {
  /// The major types of RFC 8949 §3.1 that records use, in the first byte's place.
  private enum Major {
    static let unsigned: UInt8 = 0 << 5
    static let bytes: UInt8 = 2 << 5
    static let text: UInt8 = 3 << 5
    static let map: UInt8 = 5 << 5
  }

  /// Behind what has been written.
  private(set) var next: UnsafeMutableRawPointer

  @inline(__always)
  init(_ start: UnsafeMutableRawPointer) { next = start }

  @inline(__always)
  mutating func putMapHeader(count: Int) { putHead(Major.map, UInt64(count)) }

  @inline(__always)
  mutating func put(_ number: UInt64) { putHead(Major.unsigned, number) }

  @inline(__always)
  mutating func put(bytes: UnsafeRawBufferPointer) {
    putHead(Major.bytes, UInt64(bytes.count))
    put(encoded: bytes)
  }

  @inline(__always)
  mutating func put(utf8 text: UnsafeRawBufferPointer) {
    putHead(Major.text, UInt64(text.count))
    put(encoded: text)
  }

  /// Writes items that are already encoded.
  @inline(__always)
  mutating func put(encoded items: UnsafeRawBufferPointer) {
    guard let base = items.baseAddress else { return }
    next.copyMemory(from: base, byteCount: items.count)
    next += items.count
  }

  @inline(__always)
  private mutating func putHead(_ major: UInt8, _ argument: UInt64) {
    if argument < 24 {
      store(major | UInt8(truncatingIfNeeded: argument))
    } else if argument <= 0xff {
      store(major | 24)
      store(UInt8(truncatingIfNeeded: argument))
    } else if argument <= 0xffff {
      store(major | 25)
      store(UInt16(truncatingIfNeeded: argument))
    } else if argument <= 0xffff_ffff {
      store(major | 26)
      store(UInt32(truncatingIfNeeded: argument))
    } else {
      store(major | 27)
      store(argument)
    }
  }

  @inline(__always)
  private mutating func store<Number: FixedWidthInteger & BitwiseCopyable>(_ number: Number) {
    next.storeBytes(of: number.bigEndian, as: Number.self)
    next += MemoryLayout<Number>.size
  }
}
