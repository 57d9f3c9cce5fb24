/// Bytes of the log that are held in memory, for whoever reads many artifacts of it at once.
package struct PinnedBytes: Sendable {
  /// Where bytes are that were pinned.
  package struct Place: BitwiseCopyable, Sendable {
    fileprivate var stretch: Int32
    fileprivate var offset: Int32
    fileprivate var count: Int32
    /// Of what was not pinned.
    package static let none = Place(stretch: -1, offset: 0, count: 0)
  }
  private struct Stretch {
    var segment: SegmentContents
    var start: Int
    var bytes: [UInt8]
  }

  private var stretches: [Stretch] = []

  package init() {}

  /// Pins an artifact's bytes, if they are in memory.
  ///
  /// - Complexity: O(1) for places in the order of the log.
  package mutating func pin(_ place: ArtifactStore.InlinePlace) -> Place {
    if !holds(place) {
      guard let (start, bytes) = place.segment.settledBytes(around: place.range),
        bytes.count <= Int32.max, stretches.count < Int32.max
      else { return .none }
      stretches.append(Stretch(segment: place.segment, start: start, bytes: bytes))
    }
    let number = stretches.count - 1
    return Place(
      stretch: Int32(number), offset: Int32(place.range.lowerBound - stretches[number].start),
      count: Int32(place.range.count))
  }

  /// Whether the last stretch has the bytes.
  private func holds(_ place: ArtifactStore.InlinePlace) -> Bool {
    guard let last = stretches.last, last.segment === place.segment else { return false }
    return last.start <= place.range.lowerBound
      && place.range.upperBound <= last.start + last.bytes.count
  }

  /// Calls a closure with pinned bytes, unverified.
  ///
  /// - Returns: Whether there are any.
  package func withBytes(
    at place: Place, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) rethrows -> Bool {
    guard place.stretch >= 0 else { return false }
    try stretches[Int(place.stretch)].bytes.withUnsafeBytes { bytes in
      let range = Int(place.offset)..<Int(place.offset) + Int(place.count)
      try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
    return true
  }
}
