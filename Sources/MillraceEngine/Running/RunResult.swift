public import MillraceGraph
public import MillraceStore
import Synchronization

/// How a run ended.
public struct RunResult: Sendable {
  public let run: RunID
  public let status: RunStatus
  /// Tasks in the run, copies of templates included.
  public let nodes: Int
  /// Tasks whose body ran and returned.
  public let executed: Int
  /// Tasks whose value was known.
  public let hits: Int
  /// Tasks whose body failed.
  public let failed: Int
  /// Values that were encoded to be stored: one for each stored node that ran.
  public let encodes: Int
  /// Values that went to another process or came from one; each is encoded once, and not at all for this
  /// if it is stored. 0 where all backends are in this process.
  public let crossings: Int
  /// From the start of planning to the end of the last export.
  public let duration: Duration
  /// What failed, in the order of the failures; more than one where the run kept going.
  public let failures: [PipelineError]
  /// What failed in nodes that ignore it, in the order of the failures; the run may have succeeded.
  public let ignored: [PipelineError]
  /// Files that artifacts were copied to, in the order of the nodes.
  public let exports: [String]
  private let execution: Execution

  init(_ execution: Execution, duration: Duration, exports: [String]) {
    let tally = execution.tally()
    self.execution = execution
    self.duration = duration
    self.exports = exports
    run = execution.id
    failures = execution.ledger.withLock(\.failures)
    ignored = execution.ledger.withLock(\.ignored)
    nodes = tally.nodes
    executed = tally.executed
    hits = tally.hits
    failed = tally.failed
    encodes = execution.encodes.load(ordering: .relaxed)
    crossings = execution.border?.crossings ?? 0
    status =
      if !failures.isEmpty {
        .failed
      } else if tally.isComplete {
        .succeeded
      } else {
        .cancelled
      }
  }

  /// How each task ended, in creation order; copies of templates follow, by element.
  ///
  /// - Complexity: O(*n*) for *n* nodes; made anew at each call.
  public func reports() -> [NodeReport] { execution.reports() }

  /// Throws what failed, if something did.
  ///
  /// - Throws: The first failure; ``PipelineError`` with code `cancelled` if the run was cancelled.
  /// - Returns: This result.
  @discardableResult
  public func get() throws -> RunResult {
    if let failure = failures.first { throw failure }
    guard status == .succeeded else {
      throw PipelineError(.cancelled, "The run was cancelled; the same command continues it.")
    }
    return self
  }

  /// A node's value: from memory if the run kept it, otherwise from the store.
  ///
  /// - Throws: What failed, if the node has no value; ``PipelineError`` with code `unknownNode` if it was
  ///   no part of the run, or its value was neither stored nor kept.
  public func value<Value>(of node: Node<Value>) throws -> Value {
    try execution.value(of: node)
  }
}
