import Millrace
import Synchronization

/// A task log that keeps its lines, and tells of each as it comes.
final class LogRecorder: Sendable {
  private let recorded = Mutex<[TaskLog.Line]>([])
  private let stream = AsyncStream<TaskLog.Line>.makeStream()

  var lines: [TaskLog.Line] { recorded.withLock { $0 } }

  func texts(_ source: TaskLog.Source) -> [String] {
    lines.filter { $0.source == source }.map(\.text)
  }

  var log: TaskLog {
    TaskLog { [self] line in
      recorded.withLock { $0.append(line) }
      stream.continuation.yield(line)
    }
  }

  /// The next line that nobody has waited for yet.
  func next() async -> String? {
    for await line in stream.stream { return line.text }
    return nil
  }
}
