import Millrace
import Testing

struct RetryPolicyTests {
  private struct Busy: Error {}
  private struct Full: Error {}
  private struct Forbidden: NotRetryable {}
  private class Broad: Error, @unchecked Sendable {}
  private final class Narrow: Broad, @unchecked Sendable {}

  private func delays(_ policy: RetryPolicy, seed: UInt64 = 1) -> [Duration] {
    var random = SeededRandom(seed: seed)
    return (1..<policy.attempts).map { policy.backoff.delay(after: $0, using: &random) }
  }

  @Test func `waits grow by the factor up to the maximum`() {
    let policy = RetryPolicy.exponential(
      attempts: 6, initial: .milliseconds(100), factor: 3, maximum: .seconds(2), jitter: 0)
    #expect(delays(policy) == [100, 300, 900, 2000, 2000].map { .milliseconds($0) })
  }

  @Test func `a policy without a backoff does not wait`() {
    #expect(delays(.times(3)) == [.zero, .zero, .zero])
  }

  @Test(arguments: [0.25, 1])
  func `jitter takes a share away, and a seed decides how much`(jitter: Double) {
    let plain = RetryPolicy.exponential(attempts: 9, maximum: .seconds(20), jitter: 0)
    let policy = RetryPolicy.exponential(attempts: 9, maximum: .seconds(20), jitter: jitter)
    for (delay, whole) in zip(delays(policy), delays(plain)) {
      #expect(delay <= whole && delay >= whole * (1 - jitter))
    }
    #expect(delays(policy) == delays(policy))
    #expect(delays(policy) != delays(policy, seed: 2))
    #expect(delays(policy) != delays(plain))
  }

  @Test func `numbers that make no sense are taken for the nearest that do`() {
    let policy = RetryPolicy.exponential(
      attempts: -1, initial: .seconds(-1), factor: .nan, maximum: .seconds(-5), jitter: .nan)
    #expect(policy.attempts == 1)
    #expect(policy.backoff == Backoff(initial: .zero, factor: 1, maximum: .zero, jitter: 0))
    #expect(RetryPolicy.times(.max).attempts == .max)
    let endless = RetryPolicy.exponential(
      attempts: 2000, initial: .seconds(Int64.max), factor: 1e300, maximum: .seconds(Int64.max),
      jitter: 7)
    #expect(delays(endless).allSatisfy { $0 >= .zero })
  }

  @Test func `every error is tried again unless it says not to be`() {
    let policy = RetryPolicy.times(1)
    #expect(policy.retries(after: Busy()))
    #expect(!policy.retries(after: Forbidden()))
    #expect(!policy.retries(after: CancellationError()))
  }

  @Test func `refinements name the errors to try again after`() {
    let only = RetryPolicy.times(1).only(Busy.self, Forbidden.self)
    #expect(only.retries(after: Busy()) && !only.retries(after: Full()))
    #expect(!only.retries(after: Forbidden()))
    #expect(only.only(Full.self).retries(after: Full()))
    let except = RetryPolicy.times(1).except(Full.self)
    #expect(except.retries(after: Busy()) && !except.retries(after: Full()))
    let family = RetryPolicy.times(1).only(Broad.self).except(Narrow.self)
    #expect(family.retries(after: Broad()) && !family.retries(after: Narrow()))
  }

  @Test func `policies are equal if they say the same`() {
    #expect(RetryPolicy.times(2).only(Busy.self) == .times(2).only(Busy.self))
    #expect(RetryPolicy.times(2).only(Busy.self) != .times(2).except(Busy.self))
    #expect(RetryPolicy.times(2).deadline(.seconds(1)) != .times(2))
    #expect(RetryPolicy.exponential(attempts: 3) != .times(2))
  }

  @Test func `modifiers say it of a node, and the last one counts`() {
    let node = Node<Int>.sample.timeout(.seconds(9)).timeout(.seconds(8), perAttempt: .seconds(2))
      .onFailure(.failFast).onFailure(.keepGoing).retry(.times(1))
    let attributes = Graph { node }.traversal()[0].attributes
    #expect(attributes.timeout == .node(.seconds(8), perAttempt: .seconds(2)))
    #expect(attributes.failure == .keepGoing)
    #expect(attributes.retry == .times(1))
  }
}

@Task private func sampled() -> Int { 1 }

extension Node<Int> {
  fileprivate static var sample: Node<Int> { $sampled() }
}
