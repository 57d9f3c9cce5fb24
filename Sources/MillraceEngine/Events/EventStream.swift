import Dispatch
import Synchronization

/// Hands the events of a run to its observers, in order and away from the workers.
final class EventStream: Sendable {
  /// What is sent: an event, or the little from which the observers' thread makes one.
  enum Entry {
    indirect case event(RunEvent)
    /// A task's body begins.
    case began(node: Int32)
    /// A body returned in its first attempt, and there is no more to say of the node.
    ///
    /// - `size`: Of the artifact; below 0 if there is none.
    case executed(node: Int32, nanoseconds: UInt64, size: Int)
    /// A task's value is known.
    case hit(node: Int32, size: Int)
  }

  private struct State {
    var waiting: [Entry] = []
    /// Whether somebody is on the way to deliver what waits.
    var isDelivering = false
    /// Whether the run waits for the last of it.
    var isDraining = false
    /// Whose nodes the entries tell of. It has this stream, so it is let go at the end.
    var run: (any NodeNaming)?
  }

  private let observers: [any RunObserver]
  private let queue = DispatchQueue(label: "millrace.events")
  private let state = Mutex(State())
  /// Rung when nothing more will come.
  private let bell = DispatchSemaphore(value: 0)

  init(_ observers: [any RunObserver]) { self.observers = observers }

  /// Whether anybody listens, so that events nobody wants need not be made.
  var isObserved: Bool { !observers.isEmpty }

  /// Begins a run. From here to ``drain()`` entries may name its nodes.
  func open(for run: any NodeNaming) {
    guard isObserved else { return }
    state.withLock {
      $0.run = run
      $0.isDraining = false
    }
  }

  /// Sends an event; it takes no longer while observers are slow.
  func send(_ event: @autoclosure () -> RunEvent) {
    guard isObserved else { return }
    send(Entry.event(event()))
  }

  func send(_ entry: Entry) {
    let isFirst = state.withLock { state in
      state.waiting.append(entry)
      defer { state.isDelivering = true }
      return !state.isDelivering
    }
    if isFirst { queue.async { self.deliver() } }
  }

  /// Delivers what waits, a batch at a time. When nothing is left it looks again for a while, so that who
  /// sends need not wake a thread for each event.
  private func deliver() {
    var batch: [Entry] = []
    var idleRounds = 0
    while true {
      let (run, isOver) = state.withLock { state in
        swap(&batch, &state.waiting)
        let isOver = batch.isEmpty && (state.isDraining || idleRounds == 25)
        if isOver { state.isDelivering = false }
        return (state.run, isOver)
      }
      if isOver { return }
      if batch.isEmpty {
        idleRounds += 1
        _ = bell.wait(timeout: .now() + .microseconds(200))
      } else {
        idleRounds = 0
        for entry in batch { deliver(entry, of: run) }
        batch.removeAll(keepingCapacity: true)
      }
    }
  }

  private func deliver(_ entry: Entry, of run: (any NodeNaming)?) {
    switch entry {
    case .event(let event): deliver(event)
    case .began(let node):
      guard let run else { return }
      deliver(.nodeStarted(NodeStart(name: .node(Int(node), of: run))))
    case .executed(let node, let nanoseconds, let size):
      guard let run else { return }
      deliver(
        .nodeFinished(
          NodeReport(
            label: .node(Int(node), of: run), task: run.taskName(of: Int(node)), state: .executed,
            attempts: 1, duration: .nanoseconds(nanoseconds), size: size < 0 ? nil : size)))
    case .hit(let node, let size):
      guard let run else { return }
      deliver(
        .nodeFinished(
          NodeReport(
            label: .node(Int(node), of: run), task: run.taskName(of: Int(node)), state: .hit,
            attempts: 0, duration: .zero, size: size)))
    }
  }

  private func deliver(_ event: RunEvent) {
    for observer in observers { observer.receive(event) }
  }

  /// Returns when every observer has seen every event.
  func drain() async {
    guard isObserved else { return }
    state.withLock { $0.isDraining = true }
    bell.signal()
    await withCheckedContinuation { continuation in
      queue.async { continuation.resume() }
    }
    state.withLock { $0.run = nil }
  }
}
