import MillraceCoding
import MillraceGraph
import Synchronization

/// A run's connection to one other process; opened when there is something to send.
final class RemoteLane: Sendable {
  private struct State {
    var connection: (any RemoteConnection)?
    /// Values that are not needed there any more, to be said with the next request.
    var dropping: [UInt64] = []
    var isClosed = false
  }

  let backend: any RemoteBackend
  private let graph: Digest
  private let state = Mutex(State())

  init(_ backend: any RemoteBackend, graph: Digest) {
    self.backend = backend
    self.graph = graph
  }

  /// - Throws: ``PipelineError`` with code `remote` if there will be no answer, or what went wrong there.
  func send(_ work: RemoteRequest.Work) async throws -> RemoteAnswer {
    let answer: RemoteAnswer
    do {
      let (connection, dropping) = try open()
      answer = try await connection.send(
        RemoteRequest(graph: graph, dropping: dropping, work: work))
    } catch {
      throw PipelineError(
        .remote,
        "The other process of backend '\(backend.name)' does not answer; see why it ended, and run again.",
        cause: error)
    }
    return answer
  }

  private func open() throws -> (any RemoteConnection, [UInt64]) {
    try state.withLock { state in
      // A body that was too late for the run may still ask.
      if state.isClosed { throw CancellationError() }
      let connection = try state.connection ?? backend.connect()
      state.connection = connection
      defer { state.dropping = [] }
      return (connection, state.dropping)
    }
  }

  /// Tells the body that makes a value to end.
  func cancel(_ value: UInt64) {
    guard state.withLock({ $0.connection != nil && !$0.isClosed }) else { return }
    // If this fails the body's own request fails too, which is reported.
    Task { _ = try? await send(.cancel(value)) }
  }

  func drop(_ value: UInt64) {
    state.withLock { if !$0.isClosed { $0.dropping.append(value) } }
  }

  func close() {
    let connection = state.withLock { state in
      state.isClosed = true
      return state.connection
    }
    connection?.close()
  }
}
