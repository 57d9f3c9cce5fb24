import MillraceCoding
public import MillraceStore

/// Why a node ran in a run, or did not: its key compared with that of the nearest earlier run.
public struct Explanation: Sendable {
  /// Why a node had the key that it had.
  public enum Reason: Sendable {
    /// No earlier run of the pipeline that is still recorded had a node of this name.
    case first
    /// It has no key: its policy is `cache: .off`, or an input cannot be encoded.
    case unkeyed
    /// It did not come so far that its key was known.
    case unreached
    /// Parts of its key differ from those of the earlier run.
    case changed([Change])
    /// The key is the same, and the value was there.
    case same
    /// The key is the same, and its results were invalidated in between.
    case invalidated(InvalidationRecord)
    /// The key is the same, and it was to run all the same: ``RunOptions/force(_:)``.
    case forced
    /// The key is the same, and its value is kept in memory only.
    case transient
    /// The key is the same, and its artifact was missing, damaged, or named a file with another content now.
    case lost
    /// The earlier key's parts are not recorded any more.
    case forgotten
  }

  /// A part of the key that changed.
  public struct Change: Sendable {
    /// The part, old and new.
    public var part: KeyChange
    /// For an input, the nodes that gave other values than before; empty for a constant.
    public var upstream: [String]
  }

  /// A node upstream at which a change began: something else than the value of another node differs.
  public struct Root: Sendable {
    /// The node.
    public var node: String
    /// What differs there; empty if it gave other bytes for the same key, or is new.
    public var changes: [KeyChange]
    /// Whether the earlier run had no such node.
    public var isNew: Bool
    /// Where its task is declared.
    public var fileID: String
    /// The line, from 1; 0 where it is not known.
    public var line: Int
    /// The nodes from it to the one that is explained, both included.
    public var path: [String]
  }

  /// The node's name.
  public let node: String
  /// The task.
  public let task: RunListing.Task
  /// How the node ended in ``run``.
  public let state: RunListing.State
  /// The run.
  public let run: RunRecord
  /// The record of the value that it had in the run: of a hit, what an earlier run made.
  public let result: ArtifactRecord?
  /// The run that it is compared with.
  public let earlier: RunRecord?
  /// Why.
  public let reason: Reason
  /// Where the changes of its inputs began, the nearest first; empty where no other node is the cause.
  public let roots: [Root]
  /// The result of another key that somebody has accepted for this one.
  public let acceptance: Acceptance?
}

extension ArtifactStore {
  /// Explains a node of a pipeline.
  ///
  /// - Parameters:
  ///   - node: Its name, without the pipeline's.
  ///   - pipeline: The pipeline's name.
  ///   - run: The run; nil for the latest that had the node.
  /// - Returns: Nil if no run that is recorded had such a node.
  /// - Throws: `StoreFailure` if what a run recorded cannot be read.
  /// - Complexity: O(*n*) for *n* nodes of the two runs, besides looking for an earlier run with the node.
  public func explain(
    _ node: String, of pipeline: String, run: RunID? = nil
  ) throws -> Explanation? {
    var views = listedRuns(of: pipeline).lazy.compactMap { try? self.view(of: $0.id) }
      .makeIterator()
    var chosen: RunView?
    while let view = views.next() {
      if run.map({ $0 == view.run.id }) ?? (view.node(named: node) != nil) {
        chosen = view
        break
      }
    }
    guard let view = chosen, let found = view.node(named: node) else { return nil }
    var earlier: RunView?
    while let candidate = views.next() {
      if candidate.node(named: node) != nil {
        earlier = candidate
        break
      }
    }
    return Comparison(old: earlier, new: view, store: self).explanation(of: found)
  }
}
