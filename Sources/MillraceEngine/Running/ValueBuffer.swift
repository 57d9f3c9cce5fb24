import MillraceGraph

/// The cells that hold the values of a run, one for each node.
///
/// The cells of the graph's own nodes lie in one row. Those that are added later never move either:
/// segments double in size and stay where they are, so a body reads its inputs
/// without a lock while other nodes are added. Who writes, reads or destroys a cell at a time is decided
/// by `RunState`, under the run's lock.
final class ValueBuffer: @unchecked Sendable {
  // `segments` is written by `grow`, under the run's lock, before any position in the new segment is
  // handed out.
  private let segments: UnsafeMutablePointer<UnsafeMutableRawPointer?>
  /// The first cell of the row.
  let row: UnsafeMutableRawPointer
  private let rowCount: Int
  /// Cells in segments.
  private var capacity = 0

  private static let segmentCount = 40
  private static let firstSegment = 64
  private static let firstSegmentBits = 6

  init(capacity: Int) {
    segments = .allocate(capacity: Self.segmentCount)
    segments.initialize(repeating: nil, count: Self.segmentCount)
    rowCount = capacity
    row = .allocate(byteCount: max(1, capacity) * Cell.size, alignment: Cell.size)
  }

  /// - Precondition: Values were destroyed; the buffer does not know which cells hold one.
  deinit {
    for index in 0..<Self.segmentCount { segments[index]?.deallocate() }
    segments.deallocate()
    row.deallocate()
  }

  func grow(to total: Int) {
    let count = total - rowCount
    var segment = capacity == 0 ? 0 : Self.place(capacity).segment
    while capacity < count {
      let size = Self.firstSegment << max(0, segment - 1)
      let cells = segment == 0 ? Self.firstSegment : size
      segments[segment] = .allocate(byteCount: cells * Cell.size, alignment: Cell.size)
      capacity += cells
      segment += 1
    }
  }

  @inline(__always)
  func cell(_ position: Int) -> UnsafeMutableRawPointer {
    if position < rowCount { return row + position * Cell.size }
    let place = Self.place(position - rowCount)
    return segments[place.segment].unsafelyUnwrapped + place.offset * Cell.size
  }

  /// Segment 0 holds positions below 64, segment *k* those from 64·2^(k−1) to 64·2^k.
  @inline(__always)
  private static func place(_ position: Int) -> (segment: Int, offset: Int) {
    let block = position >> firstSegmentBits
    guard block > 0 else { return (0, position) }
    let segment = Int.bitWidth - block.leadingZeroBitCount
    return (segment, position - (firstSegment << (segment - 1)))
  }
}
