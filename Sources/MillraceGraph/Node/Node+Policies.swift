// What a node does about errors, instead of what its task or the run says.
extension Node {
  /// Overrides the task's own retry policy.
  public func retry(_ policy: RetryPolicy) -> Node { modified { $0.retry = policy } }

  /// Overrides the task's own time limits.
  ///
  /// - Parameters:
  ///   - limit: For the node in all, from the first attempt's start; nil for no limit.
  ///   - perAttempt: For each attempt; nil for no limit of its own.
  public func timeout(_ limit: Duration, perAttempt: Duration? = nil) -> Node {
    modified { $0.timeout = .node(limit, perAttempt: perAttempt) }
  }

  /// Overrides the task's own time limits: each attempt has this long, the node any time.
  public func timeout(perAttempt limit: Duration) -> Node {
    modified { $0.timeout = .perAttempt(limit) }
  }

  /// Says what this node's failure does to the rest of the run, whatever the run's own policy is.
  public func onFailure(_ policy: FailurePolicy) -> Node { modified { $0.failure = policy } }

  /// Gives the node a value to go on with if its last attempt fails.
  ///
  /// The run then succeeds, and reports the node as `ignored` with its error. The value is never stored, so
  /// the next run tries again. Consumers are keyed by the value that they got. A node that is skipped,
  /// because something it needs failed, has no value all the same; and a value that was made but
  /// cannot be stored is a failure.
  ///
  /// The node must be a call of a task.
  public func ignoringFailure(default value: Value) -> Node {
    modified { $0.fallback = NodeFallback(value) }
  }
}

extension Node where Value == Void {
  /// Lets the run succeed although this effect fails.
  public func ignoringFailure() -> Node { ignoringFailure(default: ()) }
}

/// The value that a node has after its failure was ignored.
package struct NodeFallback: Sendable {
  /// Puts the value into an uninitialised cell.
  package let initialize: @Sendable (UnsafeMutableRawPointer) -> Void

  package init<Value: Sendable>(_ value: Value) {
    initialize = { Cell.initialize($0, to: value) }
  }
}
