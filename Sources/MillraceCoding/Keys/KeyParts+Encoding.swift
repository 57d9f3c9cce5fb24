extension KeyParts {
  /// The canonical CBOR map from names to values.
  ///
  /// Texts, integers, byte strings and lists are CBOR's own; a digest and a key are byte strings
  /// of 32 bytes under tags of Millrace, 0x4d520001 and 0x4d520002.
  public func encoded() -> [UInt8] {
    var writer = CBORWriter(reservingCapacity: 64 * parts.count)
    writer.appendMapHeader(count: parts.count)
    for part in parts {
      writer.append(text: part.name.text)
      part.value.append(to: &writer)
    }
    return writer.bytes
  }

  /// Reads what ``encoded()`` wrote.
  ///
  /// - Throws: ``CodingFailure`` unless the bytes are one canonical map of parts.
  public init(decoding bytes: [UInt8]) throws(CodingFailure) {
    self = try bytes.withUnsafeBufferPointer { buffer throws(CodingFailure) in
      try Self(decoding: UnsafeRawBufferPointer(buffer))
    }
  }

  /// Reads what ``encoded()`` wrote.
  ///
  /// - Throws: ``CodingFailure`` unless the bytes are one canonical map of parts.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(CodingFailure) {
    var cursor = CBORCursor(bytes)
    for _ in 0..<(try cursor.mapCount()) {
      let place = cursor.offset
      let name = Name(try cursor.text())
      if let last = parts.last?.name, !(last < name) {
        throw CodingFailure(
          last == name ? .duplicateKey : .notDeterministic,
          "The parts of a key are not in canonical order; the record is damaged.", offset: place)
      }
      parts.append(Part(name: name, value: try Value(from: &cursor, depth: 1)))
    }
    try cursor.finish()
  }
}

extension KeyParts.Value {
  /// Appends what this value is in ``KeyParts/encoded()``.
  public func append(to writer: inout CBORWriter) {
    switch self {
    case .text(let text):
      writer.append(text: text)
    case .integer(let integer):
      writer.append(integer: integer)
    case .digest(let digest):
      writer.append(DigestPart(digest, tag: CBORTag.digest))
    case .key(let key):
      writer.append(DigestPart(key.digest, tag: CBORTag.key))
    case .bytes(let bytes):
      writer.append(bytes: bytes)
    case .list(let values):
      writer.appendArrayHeader(count: values.count)
      for value in values { value.append(to: &writer) }
    }
  }

  fileprivate init(from cursor: inout CBORCursor, depth: Int) throws(CodingFailure) {
    let place = cursor.offset
    switch CBORMajorType(rawValue: try cursor.peek() >> 5) {
    case .text: self = .text(try cursor.text())
    case .unsigned, .negative: self = .integer(try cursor.integer(as: Int.self))
    case .bytes: self = .bytes([UInt8](try cursor.byteString()))
    case .array:
      guard depth < CBOR.maximumDepth else { throw .tooDeep(at: place) }
      let count = try cursor.arrayCount()
      var values: [Self] = []
      for _ in 0..<count { values.append(try Self(from: &cursor, depth: depth + 1)) }
      self = .list(values)
    case .tag:
      let tag = try cursor.head().argument
      guard let digest = Digest(bytes: try cursor.byteString()) else {
        throw CodingFailure(
          .malformed, "A digest among the parts of a key has not 32 bytes; the record is damaged.",
          offset: place)
      }
      switch tag {
      case CBORTag.digest: self = .digest(digest)
      case CBORTag.key: self = .key(Key(digest))
      default: throw .notAPart(at: place)
      }
    default:
      throw .notAPart(at: place)
    }
  }
}

extension CodingFailure {
  static func tooDeep(at offset: Int?) -> Self {
    Self(
      .tooDeep, "Items nest deeper than \(CBOR.maximumDepth) levels; flatten the value.",
      offset: offset)
  }

  fileprivate static func notAPart(at offset: Int) -> Self {
    Self(
      .unexpectedItem, "The item cannot be a part of a key; the record is damaged or is newer.",
      offset: offset)
  }
}
