import Synchronization

/// A flag that is set once and can be read from any thread.
///
/// Swift's own `Task.isCancelled` is false on a Dispatch worker, so runs carry this instead.
public final class Cancellation: Sendable {
  private let flag = Atomic<Bool>(false)
  private let handlers = Mutex<[@Sendable () -> Void]>([])

  public init() {}

  public var isCancelled: Bool { flag.load(ordering: .acquiring) }

  /// Sets the flag and calls the handlers, on this thread. Later calls do nothing.
  public func cancel() {
    guard !flag.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let pending = handlers.withLock { handlers in
      defer { handlers = [] }
      return handlers
    }
    for handler in pending { handler() }
  }

  /// Calls `handler` once the flag is set: at once, if it is.
  public func onCancel(_ handler: @escaping @Sendable () -> Void) {
    let isLate = handlers.withLock { handlers in
      // Under the lock, so that `cancel()` either finds the handler or is seen here.
      if isCancelled { return true }
      handlers.append(handler)
      return false
    }
    if isLate { handler() }
  }
}
