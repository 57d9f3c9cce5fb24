import Synchronization

/// Nodes that a worker has still to go through, in declaration order; others can take some from the end.
struct FlowRange: ~Copyable {
  /// The next node in the low half, the end in the high one: so that both change at once.
  private let bounds = Atomic<UInt64>(0)

  @inline(__always)
  private static func packed(_ range: Range<Int>) -> UInt64 {
    UInt64(range.lowerBound) | UInt64(range.upperBound) << 32
  }

  @inline(__always)
  private static func unpacked(_ bounds: UInt64) -> Range<Int> {
    Int(bounds & 0xffff_ffff)..<Int(bounds >> 32)
  }

  /// Fills an empty range; its owner alone may.
  func fill(_ range: Range<Int>) { bounds.store(Self.packed(range), ordering: .releasing) }

  /// Takes the first node; its owner alone may.
  @inline(__always)
  func takeFirst() -> Int? {
    var seen = bounds.load(ordering: .relaxed)
    while true {
      let range = Self.unpacked(seen)
      if range.isEmpty { return nil }
      let (exchanged, original) = bounds.compareExchange(
        expected: seen, desired: Self.packed(range.dropFirst()), ordering: .relaxed)
      if exchanged { return range.lowerBound }
      seen = original
    }
  }

  /// Takes the later half, or the only node.
  func steal() -> Range<Int> {
    let seen = bounds.load(ordering: .acquiring)
    let range = Self.unpacked(seen)
    if range.isEmpty { return range }
    let middle = range.lowerBound + range.count / 2
    let isMine = bounds.compareExchange(
      expected: seen, desired: Self.packed(range.lowerBound..<middle), ordering: .relaxed
    ).exchanged
    return isMine ? middle..<range.upperBound : middle..<middle
  }

  /// Takes all that is left.
  func takeAll() -> Range<Int> {
    Self.unpacked(bounds.exchange(0, ordering: .acquiringAndReleasing))
  }

  /// The next node; where none is left, the end.
  var first: Int { Self.unpacked(bounds.load(ordering: .relaxed)).lowerBound }

  var isEmpty: Bool { Self.unpacked(bounds.load(ordering: .sequentiallyConsistent)).isEmpty }
}
