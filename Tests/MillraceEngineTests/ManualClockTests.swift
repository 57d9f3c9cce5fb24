import MillraceTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(10))) struct ManualClockTests {
  @Test func `those whose time has come are woken, and no others`() async throws {
    let clock = ManualClock()
    async let early: Void = clock.sleep(for: .seconds(1))
    async let late: Void = clock.sleep(for: .seconds(3))
    await clock.sleepers(2)
    clock.advance(by: .seconds(2))
    try await early
    #expect(clock.deadlines.map(\.offset) == [.seconds(3)])
    clock.advance(by: .seconds(1))
    try await late
    #expect(clock.deadlines.isEmpty)
    #expect(clock.now.offset == .seconds(3))
  }

  @Test func `a deadline that has passed is not waited for`() async throws {
    let clock = ManualClock()
    clock.advance(by: .seconds(1))
    try await clock.sleep(until: .init(offset: .seconds(1)))
    #expect(clock.deadlines.isEmpty)
  }

  @Test func `a sleeper that is cancelled wakes with an error`() async {
    let clock = ManualClock()
    let sleeping = Task { try await clock.sleep(for: .seconds(1)) }
    await clock.sleepers(1)
    sleeping.cancel()
    await #expect(throws: CancellationError.self) { try await sleeping.value }
    #expect(clock.deadlines.isEmpty)
    let cancelled = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await clock.sleep(for: .seconds(1))
    }
    await #expect(throws: CancellationError.self) { try await cancelled.value }
  }

  @Test func `who waits for certain times is told when exactly these are slept until`() async {
    let clock = ManualClock()
    let early = Task { try await clock.sleep(for: .seconds(1)) }
    let late = Task { try await clock.sleep(for: .seconds(3)) }
    await clock.sleepers(until: [.seconds(3), .seconds(1)])
    async let cancelled: Void = clock.sleepers(until: [.seconds(3)])
    early.cancel()
    await cancelled
    async let none: Void = clock.sleepers(until: [])
    clock.advance(by: .seconds(3))
    await none
    _ = await late.result
  }
}
