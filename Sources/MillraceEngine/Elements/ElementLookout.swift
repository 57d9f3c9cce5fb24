import Dispatch
import Synchronization

/// Looks from time to time if a worker that runs a list's elements one after another is held up by one of
/// them, so that others take the rest. One timer serves all lists of a run, and there is none while no
/// elements run.
final class ElementLookout: Sendable {
  private struct Watched {
    let loop: ElementLoop
    /// The first element that was not begun at the last look; nil before the first.
    var first: Int?
    let share: @Sendable () -> Void
  }

  private struct State {
    var watched: [Int: Watched] = [:]
    var isLooking = false
  }

  private let state = Mutex(State())

  /// A worker that is not given the processor for a while should not be taken for a long body.
  private static let interval = DispatchTimeInterval.milliseconds(5)

  /// - Parameter share: Called on some thread if an element takes long; kept until
  ///   ``remove(_:)`` is called, or it was.
  func add(_ loop: ElementLoop, share: @escaping @Sendable () -> Void) {
    let mustLook = state.withLock { state in
      state.watched[loop.list] = Watched(loop: loop, share: share)
      defer { state.isLooking = true }
      return !state.isLooking
    }
    if mustLook { lookLater() }
  }

  func remove(_ loop: ElementLoop) {
    // What it holds is released without the lock.
    let removed = state.withLock { $0.watched.removeValue(forKey: loop.list) }
    withExtendedLifetime(removed) {}
  }

  private func lookLater() {
    DispatchQueue.global().asyncAfter(deadline: .now() + Self.interval) { self.look() }
  }

  private func look() {
    let (heldUp, goesOn) = state.withLock { state in
      var heldUp: [Watched] = []
      for (list, watched) in state.watched {
        let first = watched.loop.range.first
        if watched.first == first {
          heldUp.append(watched)
          state.watched[list] = nil
        } else {
          state.watched[list]?.first = first
        }
      }
      state.isLooking = !state.watched.isEmpty
      return (heldUp, state.isLooking)
    }
    for watched in heldUp { watched.share() }
    if goesOn { lookLater() }
  }
}
