public import MillraceStore

/// What is different between two runs of a pipeline, node by node.
public struct RunDifference: Sendable {
  /// A node that took part in both runs and differs.
  public struct Node: Sendable {
    /// Its name.
    public var name: String
    /// Why its key is another one, as in an ``Explanation``.
    public var reason: Explanation.Reason
    /// Whether it gave other bytes; nil where that is not known, because nothing is stored.
    public var isOutputChanged: Bool?
    /// How it ended in the later run.
    public var state: RunListing.State
  }

  /// The two runs.
  public let old: RunRecord, new: RunRecord
  /// Nodes of the new run alone, in its order.
  public let added: [String]
  /// Nodes of the old run alone, in its order.
  public let removed: [String]
  /// Nodes of both that differ in key or bytes, in the order of the new run.
  public let changed: [Node]
  /// How many nodes are the same in both.
  public let unchanged: Int
}

extension ArtifactStore {
  /// Compares two runs.
  ///
  /// - Returns: Nil if one of them recorded nothing of its nodes.
  /// - Throws: `StoreFailure` if what a run recorded cannot be read.
  /// - Complexity: O(*n*) for *n* nodes of both runs.
  public func difference(from old: RunID, to new: RunID) throws -> RunDifference? {
    guard let older = try view(of: old), let newer = try view(of: new) else { return nil }
    let comparison = Comparison(old: older, new: newer, store: self)
    var changed: [RunDifference.Node] = []
    var (added, unchanged) = ([String](), 0)
    for node in newer.listing.nodes {
      guard let before = older.node(named: node.name) else {
        added.append(node.name)
        continue
      }
      let (was, now) = (older.result(of: before)?.artifact, newer.result(of: node)?.artifact)
      let isOutputChanged = was.flatMap { was in now.map { $0 != was } }
      if before.key == node.key && isOutputChanged != true {
        unchanged += 1
        continue
      }
      changed.append(
        RunDifference.Node(
          name: node.name, reason: comparison.reason(for: node), isOutputChanged: isOutputChanged,
          state: node.state))
    }
    let removed = older.listing.nodes.map(\.name).filter { newer.node(named: $0) == nil }
    return RunDifference(
      old: older.run, new: newer.run, added: added, removed: removed, changed: changed,
      unchanged: unchanged)
  }
}
