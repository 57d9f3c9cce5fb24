/// What the log says of one run.
public struct RunRecord: Hashable, Sendable {
  /// The run.
  public var id: RunID
  /// The pipeline's name; empty if only the end of the run was found.
  public var pipeline: String
  /// When the run was recorded to begin, if that was found.
  public var began: LogicalTime?
  /// When the run was recorded to end; `nil` while it goes on, and for one that was killed.
  public var ended: LogicalTime?
  /// How the run ended.
  public var status: RunStatus?
  /// What the run did, once it has ended.
  public var counts: RunCounts?
  /// What is recorded of its nodes.
  var listing: StoredListing?
}

/// How a run ended; more may come.
public struct RunStatus: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
  /// The word in the log.
  public var rawValue: String

  /// Creates a status of a word.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  public var description: String { rawValue }

  /// Everything that was asked for is there.
  public static let succeeded = RunStatus(rawValue: "succeeded")
  /// A task failed.
  public static let failed = RunStatus(rawValue: "failed")
  /// Somebody stopped the run.
  public static let cancelled = RunStatus(rawValue: "cancelled")
}

/// How many nodes of a run had which fate.
public struct RunCounts: Hashable, Sendable {
  /// All nodes of the run.
  public var nodes: Int
  /// Those that were executed.
  public var executed: Int
  /// Those whose result was found in the store.
  public var hits: Int
  /// Those that failed.
  public var failed: Int

  /// Creates counts.
  public init(nodes: Int = 0, executed: Int = 0, hits: Int = 0, failed: Int = 0) {
    self.nodes = nodes
    self.executed = executed
    self.hits = hits
    self.failed = failed
  }
}
