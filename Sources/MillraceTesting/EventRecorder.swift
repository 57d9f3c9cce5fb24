public import MillraceEngine
import Synchronization

/// An observer that keeps what it saw, for tests.
public final class EventRecorder: RunObserver {
  private let recorded = Mutex<[RunEvent]>([])

  public init() {}

  public func receive(_ event: RunEvent) { recorded.withLock { $0.append(event) } }

  /// Every event so far, in order; complete once the run has returned.
  public var events: [RunEvent] { recorded.withLock { $0 } }

  /// Names of the tasks that began, in that order.
  public var startedNames: [String] {
    events.compactMap { event in
      if case .nodeStarted(let start) = event { start.name } else { nil }
    }
  }
}
