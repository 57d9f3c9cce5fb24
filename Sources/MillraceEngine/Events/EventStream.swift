import Dispatch
import Synchronization

/// Hands the events of a run to its observers, in order and away from the workers.
final class EventStream: Sendable {
  private struct State {
    var waiting: [RunEvent] = []
    /// Whether somebody is on the way to deliver what waits.
    var isDelivering = false
  }

  private let observers: [any RunObserver]
  private let queue = DispatchQueue(label: "millrace.events")
  private let state = Mutex(State())

  init(_ observers: [any RunObserver]) { self.observers = observers }

  /// Whether anybody listens, so that events nobody wants need not be made.
  var isObserved: Bool { !observers.isEmpty }

  /// Sends an event; it takes no longer while observers are slow.
  func send(_ event: @autoclosure () -> RunEvent) {
    guard isObserved else { return }
    let event = event()
    let isFirst = state.withLock { state in
      state.waiting.append(event)
      defer { state.isDelivering = true }
      return !state.isDelivering
    }
    if isFirst { queue.async { self.deliver() } }
  }

  /// Delivers what waits, a batch at a time, since waking a thread for each event costs more than the
  /// event.
  private func deliver() {
    while true {
      let batch = state.withLock { state in
        defer { state.waiting = [] }
        if state.waiting.isEmpty { state.isDelivering = false }
        return state.waiting
      }
      if batch.isEmpty { return }
      for event in batch {
        for observer in observers { observer.receive(event) }
      }
    }
  }

  /// Returns when every observer has seen every event.
  func drain() async {
    guard isObserved else { return }
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume() }
    }
  }
}
