import Synchronization
import Testing

@testable import MillraceStore

@Suite struct SharedStepTests {
  private struct Broken: Error {}

  @Test(arguments: [true, false])
  func `a step is taken once, whoever comes first`(helpsFirst: Bool) throws {
    let count = Mutex(0)
    let step = SharedStep {
      count.withLock { count in
        count += 1
        return count
      }
    }
    if helpsFirst { step.help() }
    #expect(count.withLock { $0 } == (helpsFirst ? 1 : 0))
    #expect(try step.finish() == 1)
    step.help()
    #expect(try step.finish() == 1)
    step.abandon()
    #expect(try step.finish() == 1, "what was done stays done")
  }

  @Test(arguments: [true, false])
  func `a failure is everybody's who asks for the outcome`(helpsFirst: Bool) {
    let step = SharedStep<Int> { throw Broken() }
    if helpsFirst { step.help() }
    #expect(throws: Broken.self) { try step.finish() }
    #expect(throws: Broken.self) { try step.finish() }
  }

  @Test func `an abandoned step is never taken, and lets go of what it refers to`() {
    let isTaken = Mutex(false)
    weak var value: SharedStep<Void>?
    let step: SharedStep<Void>
    do {
      let other = SharedStep<Void> {}
      value = other
      step = SharedStep {
        other.help()
        isTaken.withLock { $0 = true }
      }
    }
    #expect(value != nil)
    step.abandon()
    #expect(value == nil)
    step.help()
    #expect(throws: SharedStep<Void>.Abandoned.self) { try step.finish() }
    #expect(!isTaken.withLock { $0 })
  }

  @Test func `a helper does not wait for who is about the step`() throws {
    let helper = Mutex<SharedStep<Int>?>(nil)
    let step = SharedStep {
      helper.withLock { $0?.help() }
      return 7
    }
    helper.withLock { $0 = step }
    #expect(try step.finish() == 7)
    helper.withLock { $0 = nil }
  }

  @Test func `many threads take a step once and have the same outcome`() async throws {
    for _ in 0..<100 {
      let count = Mutex(0)
      let step = SharedStep {
        count.withLock { count in
          count += 1
          return count
        }
      }
      let outcomes = try await withThrowingTaskGroup(of: Int.self) { group in
        for number in 0..<8 {
          group.addTask {
            if number.isMultiple(of: 2) { step.help() }
            return try step.finish()
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes == [Int](repeating: 1, count: 8))
    }
  }
}
