import Synchronization

/// A flag that is set once and can be read from any thread.
///
/// Swift's own `Task.isCancelled` is false on a Dispatch worker, so runs carry this instead.
public final class Cancellation: Sendable {
  private struct Handlers {
    var pending: [UInt64: @Sendable () -> Void] = [:]
    var next: UInt64 = 0
  }

  /// A handler's place in the list, for taking it out again.
  public struct Registration: Sendable {
    private let cancellation: Cancellation
    private let id: UInt64

    fileprivate init(_ cancellation: Cancellation, _ id: UInt64) {
      self.cancellation = cancellation
      self.id = id
    }

    /// Forgets the handler. One that was called, or is being called right now, is not affected.
    public func remove() {
      // What the handler holds is released without the lock, as its end may do anything.
      let removed = cancellation.handlers.withLock { $0.pending.removeValue(forKey: id) }
      withExtendedLifetime(removed) {}
    }
  }

  private let flag = Atomic<Bool>(false)
  private let handlers = Mutex(Handlers())

  public init() {}

  public var isCancelled: Bool { flag.load(ordering: .acquiring) }

  /// How many handlers wait for the flag.
  package var handlerCount: Int { handlers.withLock { $0.pending.count } }

  /// Sets the flag and calls the handlers in the order in which they came, on this thread. Later
  /// calls do nothing.
  public func cancel() {
    guard !flag.exchange(true, ordering: .acquiringAndReleasing) else { return }
    let pending = handlers.withLock { handlers in
      defer { handlers.pending = [:] }
      return handlers.pending
    }
    for (_, handler) in pending.sorted(by: { $0.key < $1.key }) { handler() }
  }

  /// Calls `handler` once the flag is set: at once, if it is.
  ///
  /// - Returns: The way to take the handler back. A flag outlives what waits for it, such as one task
  ///   of a long run, so whoever is done should.
  @discardableResult
  public func onCancel(_ handler: @escaping @Sendable () -> Void) -> Registration {
    let (id, isLate) = handlers.withLock { handlers in
      defer { handlers.next += 1 }
      // Under the lock, so that `cancel()` either finds the handler or is seen here.
      if isCancelled { return (handlers.next, true) }
      handlers.pending[handlers.next] = handler
      return (handlers.next, false)
    }
    if isLate { handler() }
    return Registration(self, id)
  }
}
