import Millrace
import Testing

@testable import MillraceCLI
@testable import MillraceEngine

struct ProgressStateTests {
  private static func finished(
    _ name: String, _ state: NodeReport.State, attempts: Int = 1, _ duration: Duration = .zero
  ) -> RunEvent {
    .nodeFinished(
      NodeReport(
        label: .text(name), task: "task", state: state, attempts: attempts, duration: duration))
  }

  private func started(_ name: String) -> RunEvent { .nodeStarted(NodeStart(name: .text(name))) }

  /// A state of a run of four nodes.
  private func state(_ events: [(Int, RunEvent)]) -> ProgressState {
    var state = ProgressState()
    let run = RunID(milliseconds: 1, random: (2, 3))
    state.take(.started(run: run, pipeline: "squares", nodes: 4), at: .zero)
    for (second, event) in events { state.take(event, at: .seconds(second)) }
    return state
  }

  @Test func `what runs is listed from when it began, the longest first`() {
    let state = state([
      (1, started("b")), (2, started("a")), (3, started("c")), (4, Self.finished("b", .executed)),
    ])
    let view = ProgressView(state, at: .seconds(10), limit: 1)
    #expect(view.rows == [.init(name: "a", duration: .seconds(8))])
    #expect(view.running == 2)
    #expect((view.done, view.total) == (1, 4))
    #expect(view.elapsed == .seconds(10))
    #expect(view.isPlanned)
  }

  @Test func `a node that waits for its next attempt does not run`() {
    let state = state([
      (1, started("a")), (2, started("b")),
      (3, .attemptFailed(name: "a", attempt: 1, error: Blown(), delay: .seconds(4))),
      (3, .attemptFailed(name: "b", attempt: 1, error: Blown(), delay: .zero)),
    ])
    let waiting = ProgressView(state, at: .seconds(5), limit: 9)
    #expect((waiting.running, waiting.waiting) == (1, 1))
    #expect(
      waiting.rows == [
        .init(name: "a", duration: .seconds(4), attempt: 2, wait: .seconds(2)),
        .init(name: "b", duration: .seconds(3), attempt: 2),
      ])
    let again = ProgressView(state, at: .seconds(7), limit: 9)
    #expect((again.running, again.waiting) == (2, 0))
    #expect(again.rows.first == .init(name: "a", duration: .seconds(6), attempt: 2))
  }

  @Test(arguments: [
    NodeReport.State.executed, .hit, .failed, .ignored, .skipped, .cancelled, .notNeeded,
  ])
  func `whatever becomes of a node, it is done`(end: NodeReport.State) throws {
    let state = state([(1, started("a")), (2, Self.finished("a", end))])
    let view = ProgressView(state, at: .seconds(3), limit: 9)
    #expect((view.done, view.running, view.rows.count) == (1, 0, 0))
    #expect(view.hits == (end == .hit ? 1 : 0))
    #expect(view.failed == (end == .failed ? 1 : 0))
  }

  @Test func `a list that turns out to be long makes more to do, and never less`() {
    var state = state([])
    state.take(.init(nodes: 9, mayGrow: true))
    #expect(ProgressView(state, at: .zero, limit: 0).total == 9)
    #expect(ProgressView(state, at: .zero, limit: 0).mayGrow)
    state.take(.init(nodes: 5, mayGrow: false))
    #expect((state.total, state.mayGrow) == (9, false))
    // Events may be ahead of what is known of the total.
    for number in 0..<12 { state.take(Self.finished("\(number)", .executed), at: .zero) }
    #expect((state.done, state.total) == (12, 12))
  }

  @Test func `a planned run says so when it begins`() {
    #expect(!ProgressView(ProgressState(), at: .seconds(1), limit: 3).isPlanned)
  }

  @Test func `durations tell how wide a run is and how long a task takes`() {
    var events: [(Int, RunEvent)] = [(0, started("a"))]
    events += (1...3).map { ($0, Self.finished("e\($0)", .executed, .seconds(10))) }
    events.append((4, Self.finished("hit", .hit, attempts: 0)))
    let state = state(events)
    // 30 s that have ended and 10 s that have not, in 10 s.
    #expect(state.width(at: .seconds(10)) == 4)
    #expect(state.width(at: .zero) == 1)
    #expect(state.meanDuration(ofTask: "task") == .seconds(10))
    #expect(state.meanDuration(ofTask: "other") == nil)
  }

  @Test func `two durations are no mean`() {
    let state = state([
      (1, Self.finished("a", .executed, .seconds(1))),
      (2, Self.finished("b", .executed, .seconds(1))),
    ])
    #expect(state.meanDuration(ofTask: "task") == nil)
  }
}

struct ProgressEstimateTests {
  typealias Work = ProgressEstimate.Task

  @Test(arguments: [
    ([Work](), 1.0, Duration.zero),
    ([Work(expected: .seconds(10))], 4, .seconds(10)),
    ([Work(expected: .seconds(10)), Work(expected: .seconds(20))], 1, .seconds(30)),
    ([Work(expected: .seconds(10)), Work(expected: .seconds(20))], 2, .seconds(20)),
    (
      [Work(expected: .seconds(10), spent: .seconds(4)), Work(expected: .seconds(6))], 2,
      .seconds(6)
    ),
    ([Work(expected: .seconds(10), spent: .seconds(15))], 1, .zero),
  ])
  func `what is left is shared, and no shorter than the longest`(
    tasks: [Work], width: Double, left: Duration
  ) {
    #expect(ProgressEstimate.left(for: tasks, width: width) == left)
  }

  @Test(arguments: [
    [Work(expected: .seconds(10)), Work(expected: nil)],
    [Work(expected: .seconds(10), spent: .seconds(17))],
  ])
  func `what is not known is not estimated`(tasks: [Work]) {
    #expect(ProgressEstimate.left(for: tasks, width: 1) == nil)
  }

  @Test(arguments: [
    (99, 10, 50, nil), (100, 1, 50, nil), (100, 10, 50, Duration.seconds(5)), (200, 10, 0, .zero),
  ])
  func `many nodes go on at their pace`(
    executed: Int, seconds: Int, remaining: Int, left: Duration?
  ) {
    #expect(
      ProgressEstimate.left(afterExecuting: executed, in: .seconds(seconds), remaining: remaining)
        == left)
  }
}
