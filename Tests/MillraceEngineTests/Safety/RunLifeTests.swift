import Millrace
import Testing

@testable import MillraceEngine

/// What is left of a watched run when it is over: nothing, however it ended.
@Suite(.timeLimit(.minutes(10))) struct RunLifeTests {
  /// Sees events, and keeps none.
  private struct Watcher: RunObserver {
    func receive(_ event: RunEvent) {}
  }

  /// Runs two nodes on a disk.
  ///
  /// - Returns: Whether the run is still there after it has ended.
  private func isKept(_ disk: SimulatedDisk, cache: CachePolicy) async -> Bool {
    weak var kept: Execution?
    do {
      let store = try FailingDiskRunTests.open(disk)
      let a = node("a", [], TaskAttributes(cache: cache))
      let execution = try Execution(
        Graph(leaves: [node("b", [a], TaskAttributes(cache: cache)).erased]), on: .local, in: store,
        options: .with {
          $0.observers = [Watcher()]
          $0.describesPlan = false
        })
      kept = execution
      try execution.plan()
      _ = try await execution.carryOut(since: execution.clock)
    } catch {
      // Only what is left of it matters here.
    }
    // A worker may be about to let go of it.
    for _ in 0..<100_000 where kept != nil { await Swift.Task.yield() }
    return kept != nil
  }

  @Test(arguments: [CachePolicy.stored, .off])
  func `a watched run is let go of, whichever call of the disk fails`(cache: CachePolicy) async {
    let whole = SimulatedDisk()
    #expect(await !isKept(whole, cache: cache))
    #expect(whole.calls.count > 5)
    for call in 0..<whole.calls.count {
      let disk = SimulatedDisk()
      disk.fail(SimulatedDisk.Fault(kind: .failure, at: call))
      #expect(await !isKept(disk, cache: cache), "call \(call)")
    }
  }
}
