import MillraceGraph

/// A backend whose tasks run in another process.
///
/// The other process is the same executable: it builds the same graph, and answers requests through a
/// ``RemoteWorker``. A backend starts or finds that process and carries requests and answers; which
/// values cross, and when, is the engine's. What crosses is encoded once, and only the values of tasks
/// and the elements of lists do: members, lists of nodes and the like are put together on each side.
///
/// What a task is given there is what it would be given here, but for three things: its lines of log
/// arrive when it ends, its clock is the continuous one, and an error arrives as its description, a
/// ``RemoteFailure``, so that a retry policy cannot tell its type.
public protocol RemoteBackend: Backend {
  /// How many nodes are with the other process at once, at least 1.
  var width: Int { get }

  /// Opens a connection for one run. Called when the run has something to send for the first time, so a
  /// run that finds everything cached starts no process.
  ///
  /// - Throws: Any error if the other process cannot be reached; the nodes that need it then fail.
  func connect() throws -> any RemoteConnection
}

/// A way to another process, for one run.
public protocol RemoteConnection: Sendable {
  /// Carries a request there and its answer back. Requests may be answered in any order, and several may
  /// be on their way at once.
  ///
  /// Cancelling the Swift task does not end the wait: the engine sends a request that cancels the body,
  /// and the body's end is the answer.
  ///
  /// - Throws: Any error when no answer will come, such as when the process has ended. Nothing that is
  ///   there can be used any more then.
  func send(_ request: RemoteRequest) async throws -> RemoteAnswer

  /// Ends the connection after the run; called once. Requests that were not answered throw, none comes
  /// afterwards, and values that are held there are not needed any more.
  func close()
}

extension RemoteBackend {
  public var capacity: BackendCapacity { BackendCapacity(bodies: width, order: .newestFirst) }

  /// Workers that prepare what is sent, and wait for the answers without holding a thread.
  public func makeSession() throws -> any BackendSession {
    guard (1...DispatchBackend.maximumWidth).contains(width) else {
      throw PipelineError(
        .misuse,
        "Backend '\(name)' runs 1 to \(DispatchBackend.maximumWidth) nodes at once, not \(width); give another width."
      )
    }
    return WorkerPool(label: "millrace.remote", width: width, order: .depthFirst)
  }
}
