import Dispatch
import Synchronization

/// The lock of a storage in memory, for the stores of one process.
final class MemoryLock: StorageLock {
  private struct State {
    var sharing = 0
    var isExclusive = false
    var cleanUps = 0
    /// Woken, all of them, whenever somebody lets go.
    var waiting: [DispatchSemaphore] = []
  }
  private let state = Mutex(State())

  func acquireShared() {
    acquire { state in
      guard !state.isExclusive else { return false }
      state.sharing += 1
      return true
    }
  }

  func releaseShared() { release { $0.sharing -= 1 } }

  func acquireExclusive() {
    acquire { state in
      guard !state.isExclusive, state.sharing == 0 else { return false }
      state.isExclusive = true
      return true
    }
  }

  func releaseExclusive() { release { $0.isExclusive = false } }

  func cleanUps() -> Int { state.withLock { $0.cleanUps } }
  func countCleanUp() { state.withLock { $0.cleanUps += 1 } }

  private func acquire(_ take: @Sendable (inout State) -> Bool) {
    while true {
      let turn = DispatchSemaphore(value: 0)
      let isTaken = state.withLock { state in
        if take(&state) { return true }
        state.waiting.append(turn)
        return false
      }
      if isTaken { return }
      turn.wait()
    }
  }

  private func release(_ give: @Sendable (inout State) -> Void) {
    let waiting = state.withLock { state in
      give(&state)
      defer { state.waiting = [] }
      return state.waiting
    }
    for turn in waiting { turn.signal() }
  }
}
