/// Finds the records in a stretch of a segment.
///
/// It never stops at damage while there is a whole record behind it, and never takes for a record
/// what does not match both checksums.
struct SegmentScanner {
  /// What lies at a place of the segment. Ranges are offsets in the segment.
  enum Item: Equatable {
    /// A whole record's payload.
    case record(Range<Int>)
    /// Bytes that are no record, with a whole record behind them.
    case damage(Range<Int>)
    /// No further record begins here. With `missing` bytes more there might be one.
    case end(missing: Int)
  }

  private let seed: CRC32
  private let bytes: UnsafeRawBufferPointer
  /// The offset in the segment of the first of `bytes`.
  private let start: Int
  /// The offset in the segment of the next item.
  private(set) var offset: Int

  /// - Parameters:
  ///   - bytes: A stretch of the segment that begins between two records.
  ///   - offset: Where in the segment it begins.
  ///   - seed: Of the segment's writer.
  init(_ bytes: UnsafeRawBufferPointer, at offset: Int, seed: CRC32) {
    self.bytes = bytes
    self.start = offset
    self.offset = offset
    self.seed = seed
  }

  private var end: Int { start + bytes.count }

  /// The next item. After an `end` it stays the same.
  @inline(__always)
  mutating func next() -> Item {
    switch record(at: offset) {
    case .whole(let payload):
      offset = payload.upperBound
      return .record(payload)
    case .damagedPayload(let range):
      offset = range.upperBound
      return .damage(range)
    case .incomplete(let missing):
      return .end(missing: missing)
    case .none:
      return skipDamage()
    }
  }

  private enum Candidate {
    case whole(Range<Int>)
    case damagedPayload(Range<Int>)
    case incomplete(missing: Int)
    case none
  }

  @inline(__always)
  private func record(at offset: Int) -> Candidate {
    let payload = offset + Frame.headSize
    guard payload <= end else { return .incomplete(missing: payload - end) }
    let head = bytes.baseAddress! + (offset - start)
    guard let frame = Frame(head, at: offset, seed: seed) else { return .none }
    guard frame.length <= end - payload else {
      return .incomplete(missing: payload + frame.length - end)
    }
    let content = UnsafeRawBufferPointer(start: head + Frame.headSize, count: frame.length)
    let range = payload..<payload + frame.length
    return frame.matches(content) ? .whole(range) : .damagedPayload(offset..<range.upperBound)
  }

  /// Looks for the first whole record behind something that is none.
  private mutating func skipDamage() -> Item {
    var candidate = offset + 1
    while candidate + Frame.headSize <= end {
      if case .whole = record(at: candidate) {
        defer { offset = candidate }
        return .damage(offset..<candidate)
      }
      candidate += 1
    }
    return .end(missing: 0)
  }
}
