/// The keyed container of a ``ValueDecoder``.
struct KeyedValueReader<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: ValueDecoder
  let pairs: Range<Int>

  var codingPath: [any CodingKey] { decoder.codingPath }

  var allKeys: [Key] {
    guard pairs.upperBound <= decoder.source.pairs.count else { return [] }
    return decoder.source.pairs[pairs].compactMap { pair in
      let bytes = decoder.source.bytes
      guard pair.nameEnd <= bytes.count else { return nil }
      let name = UnsafeRawBufferPointer(rebasing: bytes[pair.nameStart..<pair.nameEnd])
      return String(validating: name, as: UTF8.self).flatMap { Key(stringValue: $0) }
    }
  }

  func contains(_ key: Key) -> Bool {
    decoder.source.value(of: key.stringValue, in: pairs) != nil
  }

  private func cursor(_ key: Key) throws -> CBORCursor {
    guard let place = decoder.source.value(of: key.stringValue, in: pairs) else {
      throw DecodingError.keyNotFound(
        key,
        DecodingError.Context(
          codingPath: codingPath, debugDescription: "No value is there for '\(key.stringValue)'."))
    }
    return decoder.source.cursor(at: place)
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    try cursor(key).isNull
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    var cursor = try cursor(key)
    return try decoder.read(type, &cursor, key)
  }

  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
    var cursor = try cursor(key)
    return try decoder.read(type, &cursor, key)
  }

  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
    var cursor = try cursor(key)
    return try decoder.read(type, &cursor, key)
  }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    guard let place = decoder.source.value(of: key.stringValue, in: pairs) else { return nil }
    var cursor = decoder.source.cursor(at: place)
    return try decoder.read(T?.self, &cursor, key)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try superValueDecoder(key).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try superValueDecoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    let name = CodingPathKey.super.stringValue
    guard let place = decoder.source.value(of: name, in: pairs) else {
      throw DecodingError.keyNotFound(
        CodingPathKey.super,
        DecodingError.Context(
          codingPath: codingPath, debugDescription: "No value is there for the superclass."))
    }
    return try decoder.separate(CodingPathKey.super, at: place)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    try superValueDecoder(key)
  }

  private func superValueDecoder(_ key: Key) throws -> ValueDecoder {
    try decoder.separate(key, at: cursor(key).offset)
  }
}

/// The unkeyed container of a ``ValueDecoder``.
struct UnkeyedValueReader: UnkeyedDecodingContainer {
  let decoder: ValueDecoder
  private var offset: Int
  private let total: Int
  private(set) var currentIndex = 0

  init(decoder: ValueDecoder, cursor: CBORCursor, count: Int) {
    self.decoder = decoder
    offset = cursor.offset
    total = count
    noteEnd()
  }

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { total }
  var isAtEnd: Bool { currentIndex == total }

  private func noteEnd() {
    if isAtEnd { decoder.end = offset }
  }

  private func cursor<T>(for type: T.Type) throws -> CBORCursor {
    guard !isAtEnd else {
      throw DecodingError.valueNotFound(
        type,
        DecodingError.Context(
          codingPath: codingPath + [CodingPathKey.index(currentIndex)],
          debugDescription: "The array has no more than \(total) elements."))
    }
    return decoder.source.cursor(at: offset)
  }

  private mutating func advance(to place: Int) {
    offset = place
    currentIndex += 1
    noteEnd()
  }

  mutating func decodeNil() throws -> Bool {
    let cursor = try cursor(for: Any?.self)
    guard cursor.isNull else { return false }
    advance(to: cursor.offset + 1)
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    var cursor = try cursor(for: type)
    let value = try decoder.read(type, &cursor, CodingPathKey.index(currentIndex))
    advance(to: cursor.offset)
    return value
  }

  mutating func decode(_ type: Int128.Type) throws -> Int128 {
    var cursor = try cursor(for: type)
    let value = try decoder.read(type, &cursor, CodingPathKey.index(currentIndex))
    advance(to: cursor.offset)
    return value
  }

  mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
    var cursor = try cursor(for: type)
    let value = try decoder.read(type, &cursor, CodingPathKey.index(currentIndex))
    advance(to: cursor.offset)
    return value
  }

  mutating func decodeIfPresent<T: Decodable>(_ type: T.Type) throws -> T? {
    isAtEnd ? nil : try decode(T?.self)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nestedDecoder().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try nestedDecoder().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    try nestedDecoder()
  }

  private mutating func nestedDecoder() throws -> ValueDecoder {
    var cursor = try cursor(for: Any.self)
    let key = CodingPathKey.index(currentIndex)
    let nested = try decoder.separate(key, at: cursor.offset)
    do throws(CodingFailure) {
      try cursor.skip()
    } catch {
      throw decoder.translated(error, Any.self, key)
    }
    advance(to: cursor.offset)
    return nested
  }
}

/// The single-value container of a ``ValueDecoder``.
struct SingleValueReader: SingleValueDecodingContainer {
  let decoder: ValueDecoder

  var codingPath: [any CodingKey] { decoder.codingPath }

  func decodeNil() -> Bool {
    decoder.source.cursor(at: decoder.start).isNull
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    var cursor = decoder.source.cursor(at: decoder.start)
    let value = try decoder.read(type, &cursor, nil)
    decoder.end = cursor.offset
    return value
  }

  func decode(_ type: Int128.Type) throws -> Int128 {
    var cursor = decoder.source.cursor(at: decoder.start)
    let value = try decoder.read(type, &cursor, nil)
    decoder.end = cursor.offset
    return value
  }

  func decode(_ type: UInt128.Type) throws -> UInt128 {
    var cursor = decoder.source.cursor(at: decoder.start)
    let value = try decoder.read(type, &cursor, nil)
    decoder.end = cursor.offset
    return value
  }
}
