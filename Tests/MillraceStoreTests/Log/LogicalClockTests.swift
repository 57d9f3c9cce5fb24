import Synchronization
import Testing

@testable import MillraceStore

@Suite struct LogicalClockTests {
  private let fate = Fate()
  private let clock: LogicalClock

  init() {
    clock = LogicalClock { [fate] in fate.now.withLock { $0 } }
  }

  private func set(_ now: UInt64) {
    fate.now.withLock { $0 = now }
  }

  @Test func `times follow the wall clock and always rise`() {
    set(100)
    #expect(clock.next().nanoseconds == 101)
    #expect(clock.next().nanoseconds == 102)
    set(500)
    #expect(clock.next().nanoseconds == 501)
    set(3)
    #expect(clock.next().nanoseconds == 502)
  }

  @Test func `times come after all that was seen`() {
    set(100)
    clock.observe(LogicalTime(nanoseconds: 9000))
    #expect(clock.next().nanoseconds == 9001)
    clock.observe(LogicalTime(nanoseconds: 5))
    #expect(clock.next().nanoseconds == 9002)
  }

  @Test func `a senseless clock gives no time beyond the latest`() {
    set(.max)
    #expect(clock.next() == .latest)
  }

  @Test func `no two threads get one time`() async {
    let times = await withTaskGroup(of: [LogicalTime].self) { group in
      for _ in 0..<8 {
        group.addTask { [clock] in (0..<500).map { _ in clock.next() } }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(Set(times).count == 4000)
  }
}
