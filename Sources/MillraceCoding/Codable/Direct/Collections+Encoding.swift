extension Array: DirectlyEncodable where Element: Encodable {
  static var isLeaf: Bool { Element.self is any TypedArrayElement.Type }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) throws {
    for value in run(at: pointer, count: count) {
      try value.withUnsafeBufferPointer { try level.writeArray($0) }
    }
  }
}

extension ContiguousArray: DirectlyEncodable where Element: Encodable {
  static var isLeaf: Bool { Element.self is any TypedArrayElement.Type }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) throws {
    for value in run(at: pointer, count: count) {
      try value.withUnsafeBufferPointer { try level.writeArray($0) }
    }
  }
}

extension ValueEncoder {
  /// Writes the elements of an array, as a typed array if they are numbers.
  func writeArray<Element: Encodable>(_ elements: UnsafeBufferPointer<Element>) throws {
    if let type = Element.self as? any TypedArrayElement.Type {
      writeNumbers(of: type, at: elements.baseAddress, count: elements.count)
    } else {
      output.writer.appendArrayHeader(count: elements.count)
      try writeRun(elements)
    }
  }

  private func writeNumbers<Number: TypedArrayElement>(
    of type: Number.Type, at pointer: UnsafeRawPointer?, count: Int
  ) {
    let start = pointer?.assumingMemoryBound(to: type)
    output.writer.append(numbers: UnsafeBufferPointer(start: start, count: count))
  }
}

extension Set: DirectlyEncodable where Element: Encodable {
  static var isLeaf: Bool { false }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) throws {
    for value in run(at: pointer, count: count) {
      level.output.writer.append(tag: CBORTag.set)
      let start = level.output.writer.open()
      var entries: [EntryRange] = []
      entries.reserveCapacity(value.count)
      for (index, element) in value.enumerated() {
        let place = level.output.count
        try level.write(element, CodingPathKey.index(index))
        let end = level.output.count
        entries.append(EntryRange(start: place, keyEnd: end, end: end))
      }
      try level.output.writer.close(.array, at: start, sorting: &entries)
    }
  }
}

extension Dictionary: DirectlyEncodable where Key: Encodable, Value: Encodable {
  static var isLeaf: Bool { false }

  static func encodeRun(at pointer: UnsafeRawPointer, count: Int, in level: ValueEncoder) throws {
    for value in run(at: pointer, count: count) {
      let start = level.output.writer.open()
      var entries: [EntryRange] = []
      entries.reserveCapacity(value.count)
      for (index, pair) in value.enumerated() {
        let place = level.output.count
        try level.write(pair.key, CodingPathKey.index(index))
        let keyEnd = level.output.count
        try level.write(pair.value, CodingPathKey.dictionaryKey(pair.key, index: index))
        entries.append(EntryRange(start: place, keyEnd: keyEnd, end: level.output.count))
      }
      try level.output.writer.close(.map, at: start, sorting: &entries)
    }
  }
}

extension CodingPathKey {
  /// The step into a dictionary's value: its key if that is a text, or its number in the iteration.
  static func dictionaryKey<Key>(_ key: Key, index: Int) -> Self {
    Key.self == String.self ? .name(unsafeBitCast(key, to: String.self)) : .index(index)
  }
}
