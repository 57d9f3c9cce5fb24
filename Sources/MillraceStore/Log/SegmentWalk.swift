/// Reads a segment from its beginning to its end, a few mebibytes at a time, and judges nothing.
struct SegmentWalk {
  /// What lies in a segment.
  enum Item {
    /// A record that matches its checksums, and where it begins.
    case record(UnsafeRawBufferPointer, at: Int)
    /// Bytes that are no record, with a whole record behind them.
    case damage(Range<Int>)
    /// A beginning that is none of a segment.
    case damagedMagic
  }

  /// How a segment ends.
  struct Ending {
    /// Where the last record ends.
    var offset: Int
    /// The segment's size in bytes.
    var size: Int
    var isSealed: Bool
  }

  private static let stretch = 4 << 20

  let name: String
  let writer: WriterID
  private let logs: any LogStorage
  private let seed: CRC32

  /// A walk through a segment, or `nil` if this is no segment's name.
  init?(_ name: String, in logs: any LogStorage) {
    guard let writer = WriterID(name: name) else { return nil }
    self.name = name
    self.writer = writer
    self.logs = logs
    seed = Frame.seed(for: writer)
  }

  /// The segment's file, relative to the store.
  var file: String { "log/\(name).log" }

  /// Whether a live writer may add to the segment.
  ///
  /// One that is empty may have a writer that is just about to lock it. One that is not has had a lock
  /// from before its first byte, so that it is given up for good once nobody holds it.
  func isHeld() throws -> Bool {
    if logs.isBeingWritten(name) { return true }
    let chunk = try logs.read(name, from: 0, limit: 0)
    return chunk.size == 0 && !chunk.isSealed
  }

  /// Visits all there is, in order.
  ///
  /// - Throws: ``StoreFailure`` if the segment cannot be read, or what `visit` throws.
  func forEach(_ visit: (Item) throws -> Void) throws -> Ending {
    var offset = 0
    var limit = Self.stretch
    while true {
      let chunk = try logs.read(name, from: offset, limit: limit)
      let start = offset
      let end = start + chunk.bytes.count
      let missing = try scan(chunk.bytes, at: &offset, visit)
      guard end < chunk.size, !chunk.bytes.isEmpty else {
        return Ending(offset: offset, size: chunk.size, isSealed: chunk.isSealed)
      }
      // Behind damage the next record may be anywhere, so the rest is looked at as a whole.
      let rest = chunk.size - offset
      limit = min(rest, max(Self.stretch, missing == 0 ? rest : end - offset + missing))
    }
  }

  /// - Parameter offset: Where the bytes begin, and afterwards where the last record ends.
  /// - Returns: How many bytes the record at their end lacks; 0 if there is none.
  private func scan(
    _ bytes: [UInt8], at offset: inout Int, _ visit: (Item) throws -> Void
  ) throws -> Int {
    let start = offset
    return try bytes.withUnsafeBytes { bytes in
      var skipped = 0
      if start == 0 {
        guard bytes.count >= Frame.magic.count else { return Frame.magic.count - bytes.count }
        skipped = Frame.magic.count
        if !bytes.prefix(skipped).elementsEqual(Frame.magic) { try visit(.damagedMagic) }
      }
      var scanner = SegmentScanner(
        UnsafeRawBufferPointer(rebasing: bytes[skipped...]), at: start + skipped, seed: seed)
      defer { offset = scanner.offset }
      while true {
        switch scanner.next() {
        case .record(let range):
          let payload = range.lowerBound - start..<range.upperBound - start
          try visit(
            .record(UnsafeRawBufferPointer(rebasing: bytes[payload]), at: range.lowerBound))
        case .damage(let range): try visit(.damage(range))
        case .end(let missing): return missing
        }
      }
    }
  }
}
