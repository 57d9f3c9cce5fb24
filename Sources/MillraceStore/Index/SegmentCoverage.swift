/// How far a snapshot covers a segment: all records before a place are in it.
struct SegmentCoverage: Hashable, Sendable {
  enum State: UInt32 {
    /// More may follow.
    case growing
    /// It was sealed, or its writer died: nothing behind the place is a record, or ever will be.
    case complete
  }

  var writer: WriterID
  /// The place, in bytes from the segment's beginning.
  var covered: Int
  /// The segment's size in bytes when it was last read.
  var size: Int
  var state: State

  /// Whether a segment of that size can be the one that was covered.
  func fits(_ size: Int) -> Bool {
    state == .complete ? size == self.size : size >= covered
  }
}
