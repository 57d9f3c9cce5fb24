import Synchronization

/// The index behind its lock, which a store shares with its reader and its writer.
final class SharedIndex: Sendable {
  private let index = Mutex(RecordIndex())

  func withLock<Result: Sendable, Failure: Error>(
    _ operation: (inout RecordIndex) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try index.withLock { index throws(Failure) in try operation(&index) }
  }
}
