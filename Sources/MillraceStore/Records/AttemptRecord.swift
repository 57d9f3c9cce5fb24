/// What the log says of an attempt that failed: one try of one node in a run.
public struct AttemptRecord: Hashable, Sendable {
  /// The run.
  public var run: RunID
  /// The node's name.
  public var node: String
  /// Which attempt it was, from 1.
  public var number: Int
  /// What went wrong, in words without values of inputs.
  public var error: String
  /// Whether it ran out of time.
  public var isTimeout: Bool
  /// The wait before the next attempt in nanoseconds, which may be zero; `nil` if it was the last.
  public var delayNanoseconds: UInt64?
  /// When the failure was recorded.
  public var time: LogicalTime
}
