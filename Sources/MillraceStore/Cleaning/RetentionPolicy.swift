/// What a clean-up lets go besides what nothing can reach.
///
/// The limits combine: what any of them lets go goes. What a name stands for now stays whatever they say,
/// and so does what a live writer holds.
public struct RetentionPolicy: Hashable, Sendable {
  /// How many runs of each pipeline stay, the latest; `nil` for all.
  public var keepLast: Int?
  /// Runs go whose last record is older than this; `nil` for none.
  public var maximumAge: Duration?
  /// How many bytes the store may take. Results go that were used least recently, except those that the
  /// last run of a pipeline used. `nil` for no limit.
  public var maximumSize: Int?

  /// Creates a policy; without limits only what nothing can reach goes.
  public init(keepLast: Int? = nil, maximumAge: Duration? = nil, maximumSize: Int? = nil) {
    self.keepLast = keepLast
    self.maximumAge = maximumAge
    self.maximumSize = maximumSize
  }
}
