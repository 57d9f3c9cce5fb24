import Millrace
import Testing

@testable import MillraceEngine

/// The state machine of one node's attempts, against every short sequence of what can happen.
struct AttemptsTests {
  private struct Busy: Error {}
  private struct Forbidden: NotRetryable {}

  private enum Step: CaseIterable {
    case begin, succeed, fail, forbid, failLast, resume, end, pass
  }

  private static let policies: [(RetryPolicy, TimeoutPolicy)] = {
    let backoff = RetryPolicy.exponential(
      attempts: 3, initial: .seconds(1), factor: 2, maximum: .seconds(9), jitter: 0)
    return [
      (.none, .none), (.times(1), .none), (backoff, .none), (backoff.deadline(.seconds(3)), .none),
      (.times(2), .node(.seconds(2))), (backoff, .node(.seconds(2), perAttempt: .seconds(1))),
    ]
  }()

  private func attempts(_ policies: (RetryPolicy, TimeoutPolicy)) -> Attempts {
    Attempts(retry: policies.0, timeout: policies.1, seed: .sha256([]))
  }

  @Test(arguments: policies.indices)
  func `whatever happens, attempts stay within the policy and end once`(index: Int) {
    let policies = Self.policies[index]
    let (retry, timeout) = policies
    let limit = [retry.deadline, timeout.node].compactMap(\.self).min()
    // Shorter sequences are the beginnings of these.
    let length = 5
    let sequences = (0..<length).reduce(1) { count, _ in count * Step.allCases.count }
    var violations: [Int] = []
    for number in 0..<sequences {
      func check(_ holds: Bool) { if !holds { violations.append(number) } }
      var machine = attempts(policies)
      var now = Duration.zero
      var begun = 0
      var ends = 0
      var firstStart: Duration?
      var rest = number
      for _ in 0..<length {
        let step = Step.allCases[rest % Step.allCases.count]
        rest /= Step.allCases.count
        let before = machine.phase
        var verdict: Attempts.Verdict?
        switch step {
        case .begin:
          let begins = machine.begin(at: now)
          check(begins == (before == .queued))
          if begins {
            begun += 1
            firstStart = firstStart ?? now
          }
        case .succeed: if machine.succeed() { ends += 1 }
        case .fail: verdict = machine.fail(Busy(), at: now)
        case .forbid: verdict = machine.fail(Forbidden(), at: now)
        case .failLast: verdict = machine.fail(Busy(), isLast: true, at: now)
        case .resume:
          let resumes = machine.resume()
          check(resumes == (before == .waiting))
        case .end: if machine.end() { ends += 1 }
        case .pass: now += .seconds(1)
        }
        switch verdict {
        case .giveUp: ends += 1
        case .again(let delay):
          check(step == .fail && begun < retry.attempts)
          check(machine.phase == (delay > .zero ? .waiting : .queued))
          if let limit { check(now + delay - (firstStart ?? now) < limit) }
        case nil: break
        }
        if [.fail, .forbid, .failLast].contains(step) {
          check((verdict != nil) == (before == .running))
        }
        if before == .ended { check(machine.phase == .ended) }
      }
      check(machine.count == begun && begun <= retry.attempts)
      check(ends == (machine.phase == .ended ? 1 : 0))
    }
    #expect(violations.isEmpty)
  }

  /// What follows from a failure of an attempt that begins and ends at these times.
  private func fail(_ machine: inout Attempts, from start: Int, to end: Int) -> Attempts.Verdict? {
    _ = machine.resume()
    guard machine.begin(at: .seconds(start)) else { return nil }
    return machine.fail(Busy(), at: .seconds(end))
  }

  @Test func `waits are those of the policy`() {
    var machine = attempts(Self.policies[2])
    let verdicts = [(5, 6), (7, 7), (9, 9), (10, 10)].map { fail(&machine, from: $0, to: $1) }
    #expect(verdicts == [.again(after: .seconds(1)), .again(after: .seconds(2)), .giveUp, nil])
    #expect(machine.start == .seconds(5))
  }

  @Test func `an attempt that would begin after the deadline is not waited for`() {
    var machine = attempts(Self.policies[3])
    let verdicts = [(100, 101), (102, 102)].map { fail(&machine, from: $0, to: $1) }
    #expect(verdicts == [.again(after: .seconds(1)), .giveUp])
  }
}
