import MillraceTesting
import Testing

@testable import MillraceEngine

@Suite(.timeLimit(.minutes(10))) struct RunClockTests {
  @Test func `a time counts from when it is asked for, not from when somebody begins to wait`()
    async
  {
    // What waits begins on another thread, before or after the clock is moved.
    for _ in 0..<300 {
      let manual = ManualClock()
      let alarm = RunClock(manual).after(.seconds(1)) {}
      manual.advance(by: .seconds(1))
      await alarm.value
    }
  }

  @Test func `it tells the time since it was made`() {
    let manual = ManualClock()
    manual.advance(by: .seconds(5))
    let clock = RunClock(manual)
    manual.advance(by: .seconds(2))
    #expect(clock.now == .seconds(2))
  }
}
