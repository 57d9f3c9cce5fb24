/// When something was recorded: the later of the wall clock and just after all that was seen before.
///
/// It orders records even if clocks run backwards or several processes write at once, and is close
/// enough to the time of day to show to people.
public struct LogicalTime: Hashable, Comparable, Sendable {
  /// Nanoseconds since the beginning of 1970 in UTC, as far as the clocks are right.
  public var nanoseconds: UInt64

  /// Creates a time.
  public init(nanoseconds: UInt64) {
    self.nanoseconds = nanoseconds
  }

  public static func < (first: Self, second: Self) -> Bool {
    first.nanoseconds < second.nanoseconds
  }

  /// The latest time that a reader accepts, in the year 2262. It keeps a senseless clock somewhere
  /// from using up the numbers for everybody.
  static let latest = LogicalTime(nanoseconds: UInt64(Int64.max))
}

/// What orders two records: their times, and for equal times their writers.
struct Stamp: Comparable, Hashable, Sendable {
  var time: LogicalTime
  var writer: WriterID

  static func < (first: Self, second: Self) -> Bool {
    first.time == second.time ? first.writer < second.writer : first.time < second.time
  }
}
