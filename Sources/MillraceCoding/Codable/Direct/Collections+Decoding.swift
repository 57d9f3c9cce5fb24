extension Optional: DirectlyDecodable where Wrapped: Decodable {
  static var isDecodedAsLeaf: Bool {
    if case .leaf = ElementDecoding(Wrapped.self) { true } else { false }
  }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self {
    try decodeOptional(&cursor, in: level, nil)
  }
}

extension Optional: OptionalDecodable where Wrapped: Decodable {
  static func decodeOptional(
    _ cursor: inout CBORCursor, in level: ValueDecoder, _ key: (any CodingKey)?
  ) throws -> Self {
    if try cursor.nullIfPresent() { return nil }
    if cursor.isMarkedPresent { _ = try cursor.head() }
    return try level.read(Wrapped.self, &cursor, key)
  }
}

extension Array: DirectlyDecodable where Element: Decodable {
  static var isDecodedAsLeaf: Bool { false }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self {
    if let type = Element.self as? any TypedArrayElement.Type,
      let numbers = try cursor.numbers(of: type)
    {
      return openNumbers(numbers, of: type)
    }
    let count = try cursor.arrayCount()
    // Columns of texts, and with gaps, are common; the compiler can do much better with a type that
    // it knows.
    if Element.self == String.self {
      let texts = try cursor.elements(count) { cursor throws(CodingFailure) in try cursor.text() }
      return unsafeBitCast(texts, to: Self.self)
    } else if Element.self == String?.self {
      let texts = try cursor.elements(count) { cursor throws(CodingFailure) in
        try cursor.nullIfPresent() ? nil : try cursor.text()
      }
      return unsafeBitCast(texts, to: Self.self)
    } else if Element.self == Double?.self {
      let numbers = try cursor.elements(count) { cursor throws(CodingFailure) in
        try cursor.nullIfPresent() ? nil : try cursor.number()
      }
      return unsafeBitCast(numbers, to: Self.self)
    } else if Element.self == Int?.self {
      let numbers = try cursor.elements(count) { cursor throws(CodingFailure) in
        try cursor.nullIfPresent() ? nil : try cursor.integer(as: Int.self)
      }
      return unsafeBitCast(numbers, to: Self.self)
    }
    return try level.readElements(Element.self, count: count, &cursor)
  }

  // `Number` and `Element` are the same type.
  private static func openNumbers<Number: TypedArrayElement>(
    _ content: UnsafeRawBufferPointer, of type: Number.Type
  ) -> Self {
    unsafeBitCast(Number.array(from: content), to: Self.self)
  }
}

extension ContiguousArray: DirectlyDecodable where Element: Decodable {
  static var isDecodedAsLeaf: Bool { false }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self {
    Self(try [Element].decodeDirectly(&cursor, in: level))
  }
}

extension Set: DirectlyDecodable where Element: Decodable {
  static var isDecodedAsLeaf: Bool { false }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self {
    guard cursor.isTag(CBORTag.set) else { throw cursor.unexpected("a set", at: cursor.offset) }
    _ = try cursor.head()
    let count = try cursor.arrayCount()
    var result = Self()
    var last: Range<Int>?
    for index in 0..<count {
      let place = cursor.offset
      var ahead = cursor
      _ = try ahead.key(after: &last)
      let element = try level.read(Element.self, &cursor, CodingPathKey.index(index))
      guard result.insert(element).inserted else { throw CodingFailure.equalKeys(at: place) }
    }
    return result
  }
}

extension Dictionary: DirectlyDecodable where Key: Decodable, Value: Decodable {
  static var isDecodedAsLeaf: Bool { false }

  static func decodeDirectly(_ cursor: inout CBORCursor, in level: ValueDecoder) throws -> Self {
    let count = try cursor.mapCount()
    var result = Self()
    var last: Range<Int>?
    for index in 0..<count {
      let place = cursor.offset
      var ahead = cursor
      _ = try ahead.key(after: &last)
      let key = try level.read(Key.self, &cursor, CodingPathKey.index(index))
      let value = try level.read(
        Value.self, &cursor, CodingPathKey.dictionaryKey(key, index: index))
      guard result.updateValue(value, forKey: key) == nil else {
        throw CodingFailure.equalKeys(at: place)
      }
    }
    return result
  }
}

extension CodingFailure {
  fileprivate static func equalKeys(at offset: Int) -> Self {
    Self(
      .duplicateKey, "Two keys of a map or elements of a set are equal once decoded.",
      offset: offset)
  }
}

extension CBORCursor {
  /// Reads the elements of an ordinary array.
  @inline(__always)
  mutating func elements<Element>(
    _ count: Int, _ read: (inout CBORCursor) throws(CodingFailure) -> Element
  ) throws(CodingFailure) -> [Element] {
    var elements: [Element] = []
    // No more than a small multiple of the bytes that are there, whatever the count says.
    elements.reserveCapacity(min(count, 4 * remaining / MemoryLayout<Element>.stride + 4))
    for _ in 0..<count { elements.append(try read(&self)) }
    return elements
  }

  /// Reads the content of a typed array of these numbers, or `nil` if something else is next.
  mutating func numbers<Number: TypedArrayElement>(
    of type: Number.Type
  ) throws(CodingFailure) -> UnsafeRawBufferPointer? {
    let start = offset
    if let tag = Number.arrayTag {
      guard isTag(tag) else { return nil }
      _ = try head()
    } else if try peek() >> 5 != CBORMajorType.bytes.rawValue {
      return nil
    }
    let content = try byteString()
    guard content.count % MemoryLayout<Number>.size == 0 else {
      throw CodingFailure(
        .malformed, "The length of a typed array is no multiple of its elements'.", offset: start)
    }
    return content
  }
}

extension TypedArrayElement {
  /// The numbers in little-endian memory of any alignment.
  static func array(from content: UnsafeRawBufferPointer) -> [Self] {
    let count = content.count / MemoryLayout<Self>.stride
    return [Self](unsafeUninitializedCapacity: count) { target, initialized in
      let memory = UnsafeMutableRawBufferPointer(target)
      memory.copyMemory(from: content)
      if 1.littleEndian != 1 { swapBytes(in: memory) }
      initialized = count
    }
  }
}
