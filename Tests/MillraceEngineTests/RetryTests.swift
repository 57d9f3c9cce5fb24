import Millrace
import MillraceTesting
import Synchronization
import Testing

private struct Flaky: Error {}

@Suite(.timeLimit(.minutes(10))) struct RetryTests {
  final class Attempts: Sendable {
    let seen = Mutex<[Int]>([])
  }

  /// A body that notes the attempts its context tells it of, and succeeds in one of them.
  private func node(
    succeedingIn last: Int, _ seen: Attempts, _ attributes: TaskAttributes, isAsync: Bool
  ) -> Node<Int> {
    let body: @Sendable ([Int], TaskContext) throws -> Int = { _, context in
      seen.seen.withLock { $0.append(context.attempt) }
      if context.attempt < last { throw Flaky() }
      return context.attempt
    }
    return isAsync
      ? asyncNode("flaky", [], attributes) { try body($0, $1) }
      : MillraceEngineTests.node("flaky", [], attributes, body: body)
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `a body is tried again until it succeeds`(kind: BackendKind, isAsync: Bool) async throws {
    let seen = Attempts()
    let recorder = EventRecorder()
    let flaky = node(succeedingIn: 3, seen, TaskAttributes(retry: .times(4)), isAsync: isAsync)
    let result = try await Graph { flaky }.run(
      on: kind.backend, options: .with { $0.observers = [recorder] })
    #expect(try result.value(of: flaky) == 3)
    #expect(seen.seen.withLock { $0 } == [1, 2, 3])
    #expect(result.reports().map(\.attempts) == [3])
    let failed = recorder.events.compactMap { event in
      if case .attemptFailed("flaky", let attempt, let error, .zero) = event, error is Flaky {
        attempt
      } else {
        nil
      }
    }
    #expect(failed == [1, 2])
  }

  @Test(arguments: [RetryPolicy.none, .times(1), .times(-3)])
  func `a body is tried no more often than the policy says`(policy: RetryPolicy) async throws {
    let seen = Attempts()
    let flaky = node(succeedingIn: 9, seen, TaskAttributes(retry: policy), isAsync: false)
    let result = try await Graph { flaky }.run()
    #expect(result.status == .failed)
    #expect(seen.seen.withLock { $0.count } == policy.attempts)
    #expect(result.reports().map(\.attempts) == [policy.attempts])
    #expect(result.failures.first?.attempt == policy.attempts)
  }

  @Test func `a modifier overrides the task's own policy`() async throws {
    let seen = Attempts()
    let flaky = node(succeedingIn: 2, seen, TaskAttributes(), isAsync: false)
    #expect(try await Graph { flaky }.run().status == .failed)
    #expect(try await Graph { flaky.retry(.times(1)) }.run().status == .succeeded)
    #expect(try await Graph { flaky }.run().status == .failed)
  }

  @Test func `cancellation is not tried again`() async throws {
    let seen = Attempts()
    let options = RunOptions()
    let cancelling = MillraceEngineTests.node("a", [], TaskAttributes(retry: .times(5))) {
      _, context in
      seen.seen.withLock { $0.append(context.attempt) }
      context.cancellation.cancel()
      throw Flaky()
    }
    let result = try await Graph { cancelling }.run(options: options)
    #expect(seen.seen.withLock { $0 } == [1])
    #expect(result.status == .failed)
  }

  @Test(arguments: [CachePolicy.stored, .transient, .off])
  func `attempts are reported whoever listens`(cache: CachePolicy) async throws {
    let seen = Attempts()
    let flaky = node(succeedingIn: 1, seen, TaskAttributes(cache: cache), isAsync: false)
    #expect(try await Graph { flaky }.run().reports().map(\.attempts) == [1])
    let failing = node(succeedingIn: 2, seen, TaskAttributes(cache: cache), isAsync: false)
    #expect(try await Graph { failing }.run().reports().map(\.attempts) == [1])
  }
}
