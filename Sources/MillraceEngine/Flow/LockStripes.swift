import Synchronization

/// Locks for many things, each of which has one of a few: enough that threads at different things seldom
/// meet.
///
/// Plain memory, since an array of objects would count a reference for each use.
final class LockStripes: @unchecked Sendable {
  // Never changed once it is made; the locks take care of themselves.
  private let locks: UnsafeMutablePointer<Mutex<Void>>
  private let count: Int

  /// - Parameter count: How many locks; a power of two.
  init(_ count: Int) {
    self.count = count
    locks = .allocate(capacity: count)
    for place in 0..<count { (locks + place).initialize(to: Mutex(())) }
  }

  deinit {
    locks.deinitialize(count: count)
    locks.deallocate()
  }

  @inline(__always)
  func withLock<Result>(of thing: Int, _ body: () throws -> Result) rethrows -> Result {
    try (locks + (thing & (count - 1))).pointee.withLock { _ in try body() }
  }
}
