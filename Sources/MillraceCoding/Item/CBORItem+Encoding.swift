extension CBORItem {
  /// The deterministic encoding: shortest forms, definite lengths, sorted maps.
  ///
  /// The content of tags is written as it is.
  ///
  /// - Throws: ``CodingFailure`` with code `duplicateKey` if a map has one key twice.
  public func encoded() throws(CodingFailure) -> [UInt8] {
    var writer = CBORWriter()
    try append(to: &writer)
    return writer.bytes
  }

  private func append(to writer: inout CBORWriter) throws(CodingFailure) {
    switch self {
    case .unsigned(let value): writer.append(unsigned: value)
    case .negative(let value): writer.appendHead(.negative, value)
    case .bytes(let bytes): writer.append(bytes: bytes)
    case .text(let text): writer.append(text: text)
    case .array(let items):
      writer.appendArrayHeader(count: items.count)
      for item in items { try item.append(to: &writer) }
    case .map(let pairs):
      let start = writer.open()
      var entries: [EntryRange] = []
      for pair in pairs {
        let place = writer.bytes.count
        try pair.key.append(to: &writer)
        let keyEnd = writer.bytes.count
        try pair.value.append(to: &writer)
        entries.append(EntryRange(start: place, keyEnd: keyEnd, end: writer.bytes.count))
      }
      try writer.close(.map, at: start, sorting: &entries)
    case .tagged(let tag, let item):
      writer.append(tag: tag)
      try item.append(to: &writer)
    case .bool(let value): writer.append(bool: value)
    case .null: writer.appendNull()
    case .undefined: writer.appendHead(.simple, 23)
    case .simple(let value): writer.appendSimple(value)
    case .float(let value): writer.append(double: value)
    }
  }
}

extension CBORWriter {
  /// Appends a simple value; those from 32 on take a second byte.
  mutating func appendSimple(_ value: UInt8) {
    if value < 24 {
      bytes.append(0xe0 | value)
    } else {
      bytes.append(0xf8)
      bytes.append(value)
    }
  }
}
