public import MillraceCoding

/// What the log says of results that were forgotten: whose, when and why.
public struct InvalidationRecord: Hashable, Sendable {
  /// The key whose results recorded before do not count any more.
  public var key: Key
  /// Why, in the words of whoever did it.
  public var reason: String
  /// The run that did it, if one did.
  public var run: RunID?
  /// When it was recorded.
  public var time: LogicalTime
}
