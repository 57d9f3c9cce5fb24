extension CBORCursor {
  /// Throws unless the bytes end here.
  func finish() throws(CodingFailure) {
    guard isAtEnd else {
      throw failure(
        .trailingBytes, "\(remaining) bytes follow the item; pass the bytes of one item alone.")
    }
  }

  /// The error for an item of another kind, or for no item at all.
  func unexpected(_ wanted: String, at start: Int) -> CodingFailure {
    guard start < bytes.count else { return truncated() }
    return CodingFailure(
      .unexpectedItem,
      "\(Self.name(ofItemStartingWith: bytes[start])) stands where \(wanted) is expected.",
      offset: start)
  }

  /// What a first byte announces, for messages.
  static func name(ofItemStartingWith byte: UInt8) -> String {
    switch byte >> 5 {
    case 0, 1: "An integer"
    case 2: "A byte string"
    case 3: "A text string"
    case 4: "An array"
    case 5: "A map"
    case 6: "A tag"
    default:
      switch byte & 0x1f {
      case 20, 21: "A boolean"
      case 22: "Null"
      case 25...27: "A floating-point number"
      default: "A simple value"
      }
    }
  }

  /// Reads a head of one major type and gives its argument.
  @inline(__always)
  mutating func argument(
    of major: CBORMajorType, _ wanted: String
  ) throws(CodingFailure) -> UInt64 {
    let start = offset
    let head = try head()
    guard head.major == major.rawValue else {
      offset = start
      throw unexpected(wanted, at: start)
    }
    return head.argument
  }

  mutating func integer<Number: FixedWidthInteger>(
    as type: Number.Type
  ) throws(CodingFailure) -> Number {
    let start = offset
    let head = try head()
    let value: Number?
    switch head.major {
    case 0: value = Number(exactly: head.argument)
    case 1: value = Number.isSigned ? Number(exactly: head.argument).map { ~$0 } : nil
    default:
      offset = start
      throw unexpected("an integer", at: start)
    }
    guard let value else {
      offset = start
      throw CodingFailure(
        .outOfRange, "The integer does not fit into '\(Number.self)'; use a wider type.",
        offset: start)
    }
    return value
  }

  mutating func text() throws(CodingFailure) -> String {
    try text(content(argument(of: .text, "a text string")))
  }

  mutating func byteString() throws(CodingFailure) -> UnsafeRawBufferPointer {
    try content(argument(of: .bytes, "a byte string"))
  }

  mutating func arrayCount() throws(CodingFailure) -> Int {
    try count(argument(of: .array, "an array"), ofSize: 1)
  }

  mutating func mapCount() throws(CodingFailure) -> Int {
    try count(argument(of: .map, "a map"), ofSize: 2)
  }

  mutating func bool() throws(CodingFailure) -> Bool {
    switch try peek() {
    case 0xf4:
      offset += 1
      return false
    case 0xf5:
      offset += 1
      return true
    default: throw unexpected("a boolean", at: offset)
    }
  }

  mutating func nullIfPresent() throws(CodingFailure) -> Bool {
    guard try peek() == 0xf6 else { return false }
    offset += 1
    return true
  }

  /// Reads a float of any width, which must be the shortest for its value.
  mutating func double() throws(CodingFailure) -> Double {
    let start = offset
    let head = try head()
    let value: Double
    let isShortest: Bool
    switch head.initial {
    case 0xf9:
      let bits = UInt16(truncatingIfNeeded: head.argument)
      value = Double(CBORWriter.single(ofHalf: bits))
      isShortest = !value.isNaN || bits == 0x7e00
    case 0xfa:
      let bits = UInt32(truncatingIfNeeded: head.argument)
      value = Double(Float(bitPattern: bits))
      isShortest = CBORWriter.halfBits(ofSingle: bits) == nil
    case 0xfb:
      value = Double(bitPattern: head.argument)
      isShortest = CBORWriter.singleBits(ofDouble: head.argument) == nil
    default:
      offset = start
      throw unexpected("a floating-point number", at: start)
    }
    guard isShortest else {
      throw CodingFailure(
        .notDeterministic,
        "The float is not in the shortest form of its value; encode it as RFC 8949 §4.2.1 says.",
        offset: start)
    }
    return value
  }
}
