/// The bytes that the decoders of one value, nested into each other, read.
final class DecodingSource {
  /// Borrowed for the length of one call of `CBOR.decode`, then replaced by nothing, so that a
  /// container that a type kept for itself finds the end of the data and not freed memory.
  @exclusivity(unchecked) var bytes: UnsafeRawBufferPointer

  /// The pairs of all maps that are being read, innermost last.
  @exclusivity(unchecked) var pairs: [Pair] = []

  let userInfo: [CodingUserInfoKey: any Sendable]

  /// Where one pair of a map with text keys lies.
  struct Pair {
    var nameStart: Int
    var nameEnd: Int
    var value: Int
  }

  /// Memory that ends with this.
  private let owned: UnsafeMutableRawBufferPointer?

  init(_ bytes: UnsafeRawBufferPointer, userInfo: [CodingUserInfoKey: any Sendable]) {
    self.bytes = bytes
    self.userInfo = userInfo
    owned = nil
    root = nil
  }

  /// Makes a source that owns a copy of its bytes, for an array that is read in another form than it
  /// was written in.
  init(keeping content: [UInt8], for source: DecodingSource) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 1)
    memory.copyBytes(from: content)
    bytes = UnsafeRawBufferPointer(memory)
    owned = memory
    userInfo = source.userInfo
    root = source.root ?? source
  }

  deinit {
    owned?.deallocate()
  }

  /// Every decoder made so far. They refer to each other along the nesting in both directions.
  @exclusivity(unchecked) private var levels: [ValueDecoder] = []
  /// The source that keeps the list for this one too.
  private let root: DecodingSource?

  /// Notes a decoder.
  func register(_ level: ValueDecoder) {
    (root ?? self).levels.append(level)
  }

  /// Ends the borrowing, and breaks the ties between the decoders.
  func invalidate() {
    for level in levels { level.release() }
    levels.removeAll()
    bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    pairs.removeAll()
  }

  @inline(__always)
  func cursor(at offset: Int) -> CBORCursor {
    // A container that outlived its value may ask for a place beyond the end.
    CBORCursor(bytes, at: min(offset, bytes.count))
  }

  // MARK: Maps with text keys

  /// Reads where the pairs of a map lie, and adds them to ``pairs``.
  ///
  /// - Returns: The range of those with text keys. They are in ascending order of their encodings.
  func index(_ cursor: inout CBORCursor) throws(CodingFailure) -> Range<Int> {
    let first = pairs.count
    var lastKey: Range<Int>?
    for _ in 0..<(try cursor.mapCount()) {
      let start = cursor.offset
      let name = try cursor.key(after: &lastKey)
      let value = cursor.offset
      try cursor.skip()
      if bytes[start] >> 5 == CBORMajorType.text.rawValue {
        pairs.append(Pair(nameStart: name.lowerBound, nameEnd: name.upperBound, value: value))
      }
    }
    return first..<pairs.count
  }

  /// The place of the value of a name, or `nil`.
  func value(of name: String, in range: Range<Int>) -> Int? {
    guard range.upperBound <= pairs.count else { return nil }
    var name = name
    return name.withUTF8 { wanted in
      var low = range.lowerBound
      var high = range.upperBound
      let text = Slice(base: UnsafeRawBufferPointer(wanted), bounds: 0..<wanted.count)
      while low < high {
        let middle = (low + high) / 2
        let pair = pairs[middle]
        let length = pair.nameEnd - pair.nameStart
        guard pair.nameEnd <= bytes.count else { return nil }
        // Encoded texts are ordered by length first, because their heads are.
        let order =
          length != text.count
          ? length - text.count
          : CBORWriter.order(bytes[pair.nameStart..<pair.nameEnd], text)
        if order == 0 { return pair.value }
        if order < 0 { low = middle + 1 } else { high = middle }
      }
      return nil
    }
  }
}

extension CBORCursor {
  /// Passes over a key of a map, or an element of a set, which must come after the one before.
  ///
  /// - Returns: Where the content of the key lies: of a string without its head.
  mutating func key(after last: inout Range<Int>?) throws(CodingFailure) -> Range<Int> {
    let start = offset
    let initial = try peek()
    var contentStart = start
    if initial >> 5 == CBORMajorType.text.rawValue {
      let head = try head()
      contentStart = offset
      _ = try content(head.argument)
    } else {
      try skip()
    }
    if let last {
      let order = CBORWriter.order(bytes[last], bytes[start..<offset])
      guard order < 0 else {
        throw CodingFailure(
          order == 0 ? .duplicateKey : .notDeterministic,
          "The keys of a map or elements of a set are not in ascending order, each once; "
            + "encode it as RFC 8949 §4.2.1 says.",
          offset: start)
      }
    }
    last = start..<offset
    return contentStart..<offset
  }
}
