extension CBORItem {
  /// Reads any well-formed CBOR (RFC 8949 §3): indefinite lengths, long heads and maps in any order
  /// too.
  ///
  /// - Throws: ``CodingFailure`` if the bytes are not one item, if it nests too deep, if a text is not
  ///   UTF-8, or if a map has one key twice.
  public init(decoding bytes: [UInt8]) throws(CodingFailure) {
    self = try bytes.withUnsafeBufferPointer { buffer throws(CodingFailure) in
      try Self(decoding: UnsafeRawBufferPointer(buffer))
    }
  }

  /// Reads any well-formed CBOR in place.
  ///
  /// - Throws: ``CodingFailure`` as ``init(decoding:)-([UInt8])`` does.
  public init(decoding bytes: UnsafeRawBufferPointer) throws(CodingFailure) {
    var cursor = CBORCursor(bytes)
    self = try cursor.item(depth: 0)
    try cursor.finish()
  }
}

extension CBORCursor {
  fileprivate mutating func item(depth: Int) throws(CodingFailure) -> CBORItem {
    guard depth < CBORItem.maximumDepth else { throw .tooDeep(at: offset) }
    let start = offset
    let head = try anyHead()
    guard let major = CBORMajorType(rawValue: head.major) else { throw reserved(start) }
    switch major {
    case .unsigned where !head.isIndefinite:
      return .unsigned(head.argument)
    case .negative where !head.isIndefinite:
      return .negative(head.argument)
    case .bytes:
      return .bytes([UInt8](try string(head)))
    case .text:
      if head.isIndefinite { return .text(try chunkedText()) }
      return .text(try text(content(head.argument)))
    case .array:
      return .array(try items(head, depth: depth))
    case .map:
      return .map(try pairs(head, depth: depth))
    case .tag where !head.isIndefinite:
      return .tagged(head.argument, try item(depth: depth + 1))
    case .simple:
      return try simple(head, at: start)
    default:
      throw reserved(start)
    }
  }

  private func reserved(_ start: Int) -> CodingFailure {
    CodingFailure(
      .malformed, "The byte has no meaning here; the data is damaged or is not CBOR.",
      offset: start)
  }

  private func simple(_ head: Head, at start: Int) throws(CodingFailure) -> CBORItem {
    switch head.info {
    case 20: .bool(false)
    case 21: .bool(true)
    case 22: .null
    case 23: .undefined
    case 0..<20: .simple(head.info)
    case 24 where head.argument >= 32: .simple(UInt8(truncatingIfNeeded: head.argument))
    case 25: .float(Double(CBORWriter.single(ofHalf: UInt16(truncatingIfNeeded: head.argument))))
    case 26: .float(Double(Float(bitPattern: UInt32(truncatingIfNeeded: head.argument))))
    case 27: .float(Double(bitPattern: head.argument))
    // A break outside an indefinite length, or a simple value in a longer form than exists.
    default: throw reserved(start)
    }
  }

  /// Consumes the end of an indefinite length, if it is next.
  private mutating func endsHere() throws(CodingFailure) -> Bool {
    guard try peek() == 0xff else { return false }
    offset += 1
    return true
  }

  private mutating func string(_ head: Head) throws(CodingFailure) -> [UInt8] {
    guard head.isIndefinite else { return [UInt8](try content(head.argument)) }
    var bytes: [UInt8] = []
    while !(try endsHere()) {
      bytes.append(contentsOf: try content(chunk(of: .bytes)))
    }
    return bytes
  }

  private mutating func chunkedText() throws(CodingFailure) -> String {
    var result = ""
    // Each chunk is UTF-8 on its own: RFC 8949 §3.2.3 forbids splitting a character.
    while !(try endsHere()) {
      result += try text(content(chunk(of: .text)))
    }
    return result
  }

  /// Reads the head of a chunk, which must be a definite string of the same kind.
  private mutating func chunk(of major: CBORMajorType) throws(CodingFailure) -> UInt64 {
    let start = offset
    let head = try anyHead()
    guard head.major == major.rawValue, !head.isIndefinite else { throw reserved(start) }
    return head.argument
  }

  private mutating func items(_ head: Head, depth: Int) throws(CodingFailure) -> [CBORItem] {
    var items: [CBORItem] = []
    if head.isIndefinite {
      while !(try endsHere()) { items.append(try item(depth: depth + 1)) }
    } else {
      // Memory comes as the elements do, so that a nest of large counts cannot ask for much.
      for _ in 0..<(try count(head.argument, ofSize: 1)) {
        items.append(try item(depth: depth + 1))
      }
    }
    return items
  }

  private mutating func pairs(_ head: Head, depth: Int) throws(CodingFailure) -> [CBORItem.Pair] {
    var pairs: [CBORItem.Pair] = []
    var keys: Set<CBORItem> = []
    var due = head.isIndefinite ? 0 : try count(head.argument, ofSize: 2)
    while true {
      if head.isIndefinite {
        if try endsHere() { break }
      } else {
        if due == 0 { break }
        due -= 1
      }
      let start = offset
      let key = try item(depth: depth + 1)
      guard keys.insert(key).inserted else {
        throw CodingFailure(
          .duplicateKey, "A map has one key twice; the data is damaged or made wrongly.",
          offset: start)
      }
      pairs.append(CBORItem.Pair(key: key, value: try item(depth: depth + 1)))
    }
    return pairs
  }
}
