/// A run's clock, which tells the time since the run was made.
struct RunClock: Sendable {
  let base: any Clock<Duration>
  private let elapsed: @Sendable () -> Duration

  init(_ clock: any Clock<Duration>) {
    base = clock
    elapsed = Self.elapsed(on: clock)
  }

  var now: Duration { elapsed() }

  private static func elapsed<Base: Clock>(
    on clock: Base
  ) -> @Sendable () -> Duration where Base.Duration == Duration {
    let start = clock.now
    return { start.duration(to: clock.now) }
  }

  /// Does something after a time, on no worker. Cancelling the task, before it has begun to, cancels it.
  func after(_ delay: Duration, _ operation: @escaping @Sendable () -> Void) -> Task<Void, Never> {
    Task.detached { [base] in
      do {
        try await base.sleep(for: delay)
      } catch {
        return
      }
      operation()
    }
  }
}
