import Synchronization

/// A step that is taken once, by whoever comes to it first: a helper's thread, or who needs its outcome.
///
/// So nobody waits for a helper that has not begun, and what was left to one is done even if it never
/// comes. The lock is held while the step is taken: who waits for the outcome waits for the lock.
final class SharedStep<Outcome: Sendable>: Sendable {
  private enum State {
    case open(@Sendable () throws -> Outcome)
    case taken(Result<Outcome, any Error>)
  }

  /// The step was given up before anybody came to it.
  struct Abandoned: Error {}

  private let state: Mutex<State>

  init(_ operation: @escaping @Sendable () throws -> Outcome) {
    state = Mutex(.open(operation))
  }

  /// Takes the step, unless that was done or somebody is about it.
  func help() {
    _ = state.withLockIfAvailable { Self.take(&$0) }
  }

  /// Returns the step's outcome, having taken it if nobody had begun.
  func finish() throws -> Outcome {
    try state.withLock { Self.take(&$0) }.get()
  }

  /// Returns when nobody is about the step, and nobody will be any more.
  func abandon() {
    state.withLock { state in
      if case .open = state { state = .taken(.failure(Abandoned())) }
    }
  }

  /// What the step refers to is let go of with it, though a helper may still have to come.
  private static func take(_ state: inout State) -> Result<Outcome, any Error> {
    switch state {
    case .taken(let outcome): return outcome
    case .open(let operation):
      let outcome = Result { try operation() }
      state = .taken(outcome)
      return outcome
    }
  }
}
