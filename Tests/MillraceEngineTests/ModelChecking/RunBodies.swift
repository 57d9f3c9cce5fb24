import Synchronization

/// The bodies of a run that wait, once begun, until a test ends them.
final class RunBodies: Sendable {
  struct Body: Hashable, CustomStringConvertible {
    var node: Int
    /// From 1.
    var attempt: Int
    var description: String { "\(node), attempt \(attempt)" }
  }

  struct Begin {
    var body: Body
    var values: [Int]
  }

  enum Ending {
    case success
    /// As ``success``, of a body that was given up: what it returns is not what its node's should be.
    case leftSuccess
    case failure(any Error)
  }

  private struct State {
    var begun: [Begin] = []
    var active: [Body: CheckedContinuation<Bool, any Error>] = [:]
  }

  private let state = Mutex(State())

  /// - Returns: Whether the body was given up before it came to its end.
  func run(_ node: Int, attempt: Int, _ values: [Int]) async throws -> Bool {
    try await withCheckedThrowingContinuation { continuation in
      state.withLock {
        let body = Body(node: node, attempt: attempt)
        $0.begun.append(Begin(body: body, values: values))
        $0.active[body] = continuation
      }
    }
  }

  /// Those that have begun since the last call.
  func takeBegun() -> [Begin] {
    state.withLock { state in
      defer { state.begun = [] }
      return state.begun
    }
  }

  /// Those that have begun and not ended, by node and attempt.
  var active: [Body] {
    state.withLock { $0.active.keys.sorted { ($0.node, $0.attempt) < ($1.node, $1.attempt) } }
  }

  func end(_ body: Body, _ ending: Ending) {
    guard let waiting = state.withLock({ $0.active.removeValue(forKey: body) }) else { return }
    switch ending {
    case .success: waiting.resume(returning: false)
    case .leftSuccess: waiting.resume(returning: true)
    case .failure(let error): waiting.resume(throwing: error)
    }
  }
}
