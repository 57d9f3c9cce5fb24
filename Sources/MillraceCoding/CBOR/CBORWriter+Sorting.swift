/// Where in a writer's bytes one pair of a map, or one element of a set, lies.
struct EntryRange {
  var start: Int
  /// The end of the key; of a set's element, the end of the element.
  var keyEnd: Int
  var end: Int
}

extension CBORWriter {
  /// Opens a map or array whose count is not known yet.
  ///
  /// - Returns: The place to give to `close`.
  mutating func open() -> Int {
    bytes.append(0)
    return bytes.count - 1
  }

  /// Writes the head of what was opened.
  mutating func close(_ major: CBORMajorType, at start: Int, count: Int) {
    guard count >= 24 else {
      bytes[start] = major.rawValue << 5 | UInt8(truncatingIfNeeded: count)
      return
    }
    // The head needs more than the byte that was left for it. Moving the content once is cheaper
    // than buffering each container on its own.
    var head = CBORWriter()
    head.appendHead(major, UInt64(count))
    bytes.replaceSubrange(start...start, with: head.bytes)
  }

  /// Sorts the entries, which must fill the bytes after `start`, by their encoded keys, and writes
  /// the head.
  ///
  /// - Throws: ``CodingFailure`` with code `duplicateKey` if two keys are the same.
  mutating func close(
    _ major: CBORMajorType, at start: Int, sorting entries: inout [EntryRange]
  ) throws(CodingFailure) {
    if let first = firstDisorder(entries) {
      try bytes.withUnsafeBufferPointer { buffer throws(CodingFailure) in
        let base = UnsafeRawBufferPointer(buffer)
        entries.sort { Self.order($0, $1, in: base) < 0 }
        for index in 1..<entries.count
        where Self.order(entries[index - 1], entries[index], in: base) == 0 {
          throw CodingFailure(
            .duplicateKey,
            "A map would get one key twice; give the values that share a container distinct keys.")
        }
      }
      rearrange(entries, from: first)
    }
    close(major, at: start, count: entries.count)
  }

  /// The place of the first entry that may not stay where it is, or `nil` if all are in order.
  private func firstDisorder(_ entries: [EntryRange]) -> Int? {
    guard entries.count > 1 else { return nil }
    return bytes.withUnsafeBytes { base in
      for index in 1..<entries.count
      where Self.order(entries[index - 1], entries[index], in: base) >= 0 {
        return entries[0].start
      }
      return nil
    }
  }

  private mutating func rearrange(_ entries: [EntryRange], from start: Int) {
    let size = bytes.count - start
    bytes.withUnsafeMutableBytes { base in
      withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { scratch in
        var filled = 0
        for entry in entries {
          let source = UnsafeRawBufferPointer(rebasing: base[entry.start..<entry.end])
          let target = UnsafeMutableRawBufferPointer(rebasing: scratch[filled...])
          target.copyMemory(from: source)
          filled += source.count
        }
        UnsafeMutableRawBufferPointer(rebasing: base[start...])
          .copyMemory(from: UnsafeRawBufferPointer(scratch))
      }
    }
  }

  /// Compares two encoded keys bytewise: negative, zero or positive.
  static func order(
    _ first: EntryRange, _ second: EntryRange, in base: UnsafeRawBufferPointer
  ) -> Int {
    order(base[first.start..<first.keyEnd], base[second.start..<second.keyEnd])
  }

  /// Compares two byte strings: negative, zero or positive.
  static func order(
    _ first: Slice<UnsafeRawBufferPointer>, _ second: Slice<UnsafeRawBufferPointer>
  ) -> Int {
    let common = min(first.count, second.count)
    var (left, right) = (first.startIndex, second.startIndex)
    let end = left + common
    while left < end {
      let (a, b) = (first.base[left], second.base[right])
      if a != b { return Int(a) - Int(b) }
      left += 1
      right += 1
    }
    return first.count - second.count
  }
}
