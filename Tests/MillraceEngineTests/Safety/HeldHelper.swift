import Synchronization

@testable import MillraceStore

/// A helper for large blobs that comes when a test wants it to.
final class HeldHelper: Sendable {
  enum Kind: CaseIterable {
    /// At once, before who called it goes on.
    case prompt
    /// Never, so that everything is done by who needs it.
    case absent
    /// When ``HeldHelper/come()`` is called.
    case held
  }

  private struct State {
    var waiting: [@Sendable () -> Void] = []
    var steps = 0
  }

  let kind: Kind
  private let state = Mutex(State())

  init(_ kind: Kind) { self.kind = kind }

  /// How many steps were left to it.
  var steps: Int { state.withLock { $0.steps } }

  /// Blobs from 20 bytes on have help.
  var helpers: BlobHelpers {
    let call: @Sendable (@escaping @Sendable () -> Void) -> Void = { [self] in receive($0) }
    return BlobHelpers(minimum: 20, write: call, sync: call)
  }

  private func receive(_ step: @escaping @Sendable () -> Void) {
    state.withLock { state in
      state.steps += 1
      if kind == .held { state.waiting.append(step) }
    }
    if kind == .prompt { step() }
  }

  /// Takes all steps that wait, if nobody else has.
  func come() {
    let steps = state.withLock { state in
      defer { state.waiting = [] }
      return state.waiting
    }
    for step in steps { step() }
  }
}
