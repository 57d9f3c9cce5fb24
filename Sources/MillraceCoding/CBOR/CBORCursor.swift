/// A place in borrowed bytes, and how to read on from there.
///
/// It never reads outside the bytes and never trusts a declared length: a count that the bytes left
/// cannot hold is an error before anything is allocated for it.
struct CBORCursor {
  let bytes: UnsafeRawBufferPointer
  var offset: Int

  init(_ bytes: UnsafeRawBufferPointer, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The first byte of an item, and the number that it carries.
  struct Head {
    var initial: UInt8
    var argument: UInt64

    var major: UInt8 { initial >> 5 }
    var info: UInt8 { initial & 0x1f }
    var isIndefinite: Bool { info == 31 }
  }

  var isAtEnd: Bool { offset == bytes.count }
  var remaining: Int { bytes.count - offset }

  /// The next byte, not consumed.
  func peek() throws(CodingFailure) -> UInt8 {
    guard offset < bytes.count else { throw truncated() }
    return bytes[offset]
  }

  /// Reads a head of any well-formed width, indefinite lengths included.
  mutating func anyHead() throws(CodingFailure) -> Head {
    let initial = try peek()
    let info = initial & 0x1f
    if info < 24 {
      offset += 1
      return Head(initial: initial, argument: UInt64(info))
    }
    let argument: UInt64
    switch info {
    case 24: argument = UInt64(try number(UInt8.self))
    case 25: argument = UInt64(try number(UInt16.self))
    case 26: argument = UInt64(try number(UInt32.self))
    case 27: argument = try number(UInt64.self)
    case 31:
      offset += 1
      argument = 0
    default:
      throw failure(.malformed, "The byte is reserved by RFC 8949; the data is damaged.")
    }
    return Head(initial: initial, argument: argument)
  }

  /// Reads a head that must be deterministic: definite and shortest.
  @inline(__always)
  mutating func head() throws(CodingFailure) -> Head {
    let start = offset
    let initial = try peek()
    if initial & 0x1f < 24 {
      offset += 1
      return Head(initial: initial, argument: UInt64(initial & 0x1f))
    }
    return try longHead(from: start)
  }

  private mutating func longHead(from start: Int) throws(CodingFailure) -> Head {
    let head = try anyHead()
    let isShortest =
      switch head.info {
      case 24: head.argument >= (head.major == 7 ? 32 : 24)
      case 25: head.major == 7 || head.argument > 0xff
      case 26: head.major == 7 || head.argument > 0xffff
      case 27: head.major == 7 || head.argument > 0xffff_ffff
      default: false
      }
    guard isShortest else {
      throw CodingFailure(
        .notDeterministic,
        "The item is not in the shortest definite form; encode it as RFC 8949 §4.2.1 says.",
        offset: start)
    }
    return head
  }

  /// Reads the big-endian number that follows the byte at the offset.
  private mutating func number<Number: FixedWidthInteger>(
    _ type: Number.Type
  ) throws(CodingFailure) -> Number {
    let size = MemoryLayout<Number>.size
    guard remaining > size else { throw truncated() }
    let value = bytes.loadUnaligned(fromByteOffset: offset + 1, as: Number.self)
    offset += 1 + size
    return Number(bigEndian: value)
  }

  /// Consumes a string's content, given its declared length.
  @inline(__always)
  mutating func content(_ length: UInt64) throws(CodingFailure) -> UnsafeRawBufferPointer {
    guard length <= UInt64(remaining) else { throw truncated() }
    let end = offset + Int(length)
    defer { offset = end }
    return UnsafeRawBufferPointer(rebasing: bytes[offset..<end])
  }

  /// Checks a declared count of items, each of which takes at least `size` bytes.
  func count(_ declared: UInt64, ofSize size: Int) throws(CodingFailure) -> Int {
    guard declared <= UInt64(remaining / size) else { throw truncated() }
    return Int(declared)
  }

  /// The text in these bytes, which must be UTF-8 without repairs.
  func text(_ content: UnsafeRawBufferPointer) throws(CodingFailure) -> String {
    guard let text = String(validating: content, as: UTF8.self) else {
      throw CodingFailure(
        .invalidText, "A text string is not valid UTF-8; the data is damaged.",
        offset: offset - content.count)
    }
    return text
  }

  /// Passes over one deterministic item with all that it holds.
  ///
  /// Heads and lengths are checked; the content of text and the order of maps are not. It counts the
  /// items that are still due instead of recursing, so depth costs nothing.
  mutating func skip() throws(CodingFailure) {
    var due = 1
    while due > 0 {
      due -= 1
      let head = try head()
      switch head.major {
      case 2, 3: _ = try content(head.argument)
      case 4: due += try count(head.argument, ofSize: 1)
      case 5: due += 2 * (try count(head.argument, ofSize: 2))
      case 6: due += 1
      default: break
      }
    }
  }

  func truncated() -> CodingFailure {
    failure(.truncated, "The data ends inside an item; it was cut off or a length is wrong.")
  }

  func failure(_ code: CodingFailure.Code, _ message: String) -> CodingFailure {
    CodingFailure(code, message, offset: offset)
  }
}
