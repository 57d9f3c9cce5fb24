import Dispatch

/// Hands the events of a run to its observers, in order and away from the workers.
final class EventStream: Sendable {
  private let observers: [any RunObserver]
  private let queue = DispatchQueue(label: "millrace.events")

  init(_ observers: [any RunObserver]) { self.observers = observers }

  /// Whether anybody listens, so that events nobody wants need not be made.
  var isObserved: Bool { !observers.isEmpty }

  func send(_ event: @autoclosure () -> RunEvent) {
    guard isObserved else { return }
    let event = event()
    queue.async { [observers] in
      for observer in observers { observer.receive(event) }
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
