/// A run's clock, which tells the time since the run was made.
struct RunClock: Sendable {
  let base: any Clock<Duration>
  private let elapsed: @Sendable () -> Duration
  /// Makes a wait that is over when that much time has passed since now.
  private let makeWait: @Sendable (Duration) -> Wait

  private typealias Wait = @Sendable () async throws -> Void

  init(_ clock: any Clock<Duration>) {
    base = clock
    elapsed = Self.elapsed(on: clock)
    makeWait = Self.waits(on: clock)
  }

  var now: Duration { elapsed() }

  private static func elapsed<Base: Clock>(
    on clock: Base
  ) -> @Sendable () -> Duration where Base.Duration == Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }

  private static func waits<Base: Clock>(
    on clock: Base
  ) -> @Sendable (Duration) -> Wait where Base.Duration == Duration {
    { delay in
      let deadline = clock.now.advanced(by: delay)
      return { try await clock.sleep(until: deadline, tolerance: nil) }
    }
  }

  /// Does something after a time, on no worker. The time counts from now, however late a thread is free
  /// to wait for it. Cancelling the task, before it has begun to, cancels it.
  func after(_ delay: Duration, _ operation: @escaping @Sendable () -> Void) -> Task<Void, Never> {
    let wait = makeWait(delay)
    return Task.detached {
      do {
        try await wait()
      } catch {
        return
      }
      operation()
    }
  }
}
