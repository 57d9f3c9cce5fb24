extension DirectlyCodableInteger {
  static var isDecodedAsLeaf: Bool { true }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self {
    try cursor.anyInteger(as: Self.self)
  }
}

extension Bool: DirectlyDecodable {
  static var isDecodedAsLeaf: Bool { true }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Bool {
    try cursor.bool()
  }
}

extension Double: DirectlyDecodable {
  static var isDecodedAsLeaf: Bool { true }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Double {
    try cursor.number()
  }
}

extension Float: DirectlyDecodable {
  static var isDecodedAsLeaf: Bool { true }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Float {
    let start = cursor.offset
    let value = try cursor.number()
    let single = Float(value)
    guard Double(single) == value || value.isNaN else {
      cursor.offset = start
      throw CodingFailure(
        .outOfRange, "The number is not exactly a 'Float'; use 'Double'.", offset: start)
    }
    return single
  }
}

extension String: DirectlyDecodable {
  static var isDecodedAsLeaf: Bool { true }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> String {
    try cursor.text()
  }
}

extension CBORCursor {
  /// Whether the next item carries this tag in its shortest form.
  func isTag(_ tag: UInt64) -> Bool {
    var copy = self
    guard let head = try? copy.head() else { return false }
    return head.major == CBORMajorType.tag.rawValue && head.argument == tag
  }

  /// Reads a float, or an integer that is exactly one.
  mutating func number() throws(CodingFailure) -> Double {
    guard try peek() >> 5 <= 1 else { return try double() }
    let start = offset
    let integer = try integer(as: Int128.self)
    guard let value = Double(exactly: integer) else {
      offset = start
      throw CodingFailure(
        .outOfRange, "The integer is not exactly a 'Double'; use an integer type.", offset: start)
    }
    return value
  }

  /// Reads an integer or a bignum.
  mutating func anyInteger<Number: FixedWidthInteger>(
    as type: Number.Type
  ) throws(CodingFailure) -> Number {
    let start = offset
    guard try peek() >> 5 == CBORMajorType.tag.rawValue else { return try integer(as: type) }
    let tag = try head().argument
    guard tag == CBORTag.positiveBignum || tag == CBORTag.negativeBignum else {
      offset = start
      throw unexpected("an integer", at: start)
    }
    let content = try byteString()
    guard content.count > 8, content[0] != 0 else {
      throw CodingFailure(
        .notDeterministic, "A bignum is longer than its value needs; use the shortest integer.",
        offset: start)
    }
    guard content.count <= MemoryLayout<UInt128>.size else { throw outOfRange(type, at: start) }
    let magnitude = content.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    guard let value = Number(exactly: magnitude), tag == CBORTag.positiveBignum || Number.isSigned
    else { throw outOfRange(type, at: start) }
    return tag == CBORTag.positiveBignum ? value : ~value
  }

  private func outOfRange<Number>(_ type: Number.Type, at start: Int) -> CodingFailure {
    CodingFailure(
      .outOfRange, "The integer does not fit into '\(Number.self)'; use a wider type.",
      offset: start)
  }
}
