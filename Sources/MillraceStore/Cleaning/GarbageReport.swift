/// What a clean-up removed, or would remove.
public struct GarbageReport: Hashable, Sendable {
  /// What goes of one pipeline.
  public struct Share: Hashable, Sendable {
    /// The pipeline; empty for what belongs to none.
    public var pipeline: String
    /// How many runs, with all that was recorded of them.
    public var runs: Int = 0
    /// How many results.
    public var results: Int = 0
    /// The bytes of the results: of their records, and of objects that nothing else refers to.
    public var bytes: Int = 0
  }

  /// What goes, by pipeline, in order of their names; only those that lose something.
  public var shares: [Share] = []
  /// Objects that no record refers to.
  public var unreferenced: StoreTally = StoreTally()
  /// Files of objects that were never completed.
  public var leftovers: StoreTally = StoreTally()
  /// The store's size in bytes before: its log, its objects and those leftovers.
  public var sizeBefore: Int = 0
  /// The store's size in bytes afterwards; of a dry run, about what it would be.
  public var sizeAfter: Int = 0
  /// How many segments the log had.
  public var segmentsBefore: Int = 0
  /// How many segments the log has afterwards.
  public var segmentsAfter: Int = 0
  /// Whether the store is no larger than the policy allows.
  public var isWithinLimit: Bool = true
  /// Whether nothing was changed.
  public var isDryRun: Bool = false
  /// How long it took.
  public var duration: Duration = .zero

  /// How many bytes the store is smaller by.
  public var freed: Int { max(0, sizeBefore - sizeAfter) }
}
