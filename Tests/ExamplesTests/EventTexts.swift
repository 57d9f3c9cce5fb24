import Millrace
import Synchronization

/// Keeps the texts of `.printed()` nodes.
final class EventTexts: RunObserver {
  private let printed = Mutex<[String]>([])

  var text: String { printed.withLock { $0.joined(separator: "\n") } }

  func receive(_ event: RunEvent) {
    if case .printed(_, let text) = event { printed.withLock { $0.append(text) } }
  }
}
