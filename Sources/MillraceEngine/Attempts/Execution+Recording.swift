import MillraceGraph
import MillraceStore
import Synchronization

extension Execution {
  /// Keeps a failed attempt of a task in the store's log.
  ///
  /// - Parameter delay: The wait before the next attempt; nil if there is none.
  func record(_ number: Int, of node: Int, _ error: any Error, delay: Duration? = nil) {
    guard !isCancellation(error) else { return }
    let name = state.withLock { state in
      state.table.records[node].isTask ? state.name(of: node) : nil
    }
    guard let name else { return }
    // A log that cannot be written stays so, and the end of the run says it.
    try? store.recordAttempt(
      number, of: name, in: id, error: Self.recorded(error), isTimeout: error is TimeoutError,
      delayNanoseconds: delay?.nanoseconds)
  }

  /// An error in words that may be kept.
  ///
  /// What an error says of the values in it may be inputs or secrets, so one that has any is called by
  /// its type, and by its case if it has cases. One that has none says it in its own words.
  static func recorded(_ error: any Error) -> String {
    switch error {
    case let error as PipelineError: return error.message
    case let error as TimeoutError: return "\(error)"
    case var error as ProcessFailure:
      // The last lines are the program's words.
      error.lastLines = []
      return "\(error)"
    default: break
    }
    let type = "\(type(of: error))"
    let mirror = Mirror(reflecting: error)
    guard !(error is any CustomReflectable) else { return type }
    switch (mirror.displayStyle, mirror.children.first) {
    case (.enum, let value?): return value.label.map { "\(type).\($0)" } ?? type
    case (.enum, nil) where !(error is any CustomStringConvertible): return "\(type).\(error)"
    case (.enum, nil), (.struct, nil):
      return error is any CustomStringConvertible ? "\(type): \(error)" : type
    default: return type
    }
  }
}
