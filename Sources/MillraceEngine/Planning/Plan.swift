import Dispatch
import MillraceGraph
import MillraceStore
import Synchronization

/// What a run would do: which tasks would run, and why, and which have their value.
///
/// A plan is final for what is known now. Tasks behind one that runs are ``PlannedNode/State/waiting``:
/// they run if its bytes change.
public struct Plan: Sendable, CustomStringConvertible {
  /// The tasks that would run, might run or have a value, in creation order.
  public let nodes: [PlannedNode]
  private let graph: Graph
  private let backend: any Backend
  let store: ArtifactStore
  let options: RunOptions
  private let clock: RunClock
  private let planned: Prepared

  /// A planned run, which can be carried out once.
  private final class Prepared: Sendable {
    private let execution: Mutex<Execution?>
    init(_ execution: Execution) { self.execution = Mutex(execution) }
    func take() -> Execution? {
      execution.withLock { execution in
        defer { execution = nil }
        return execution
      }
    }
  }

  init(
    _ graph: Graph, on backend: any Backend, in store: ArtifactStore, options: RunOptions
  ) async throws {
    clock = RunClock(options.clock)
    let execution = try await Self.prepare(graph, on: backend, in: store, options: options)
    self.graph = graph
    self.backend = backend
    self.store = store
    self.options = options
    nodes = options.describesPlan ? execution.plannedNodes() : []
    planned = Prepared(execution)
  }

  /// Plans on a thread of its own, since hashing files and reading a store block.
  private static func prepare(
    _ graph: Graph, on backend: any Backend, in store: ArtifactStore, options: RunOptions
  ) async throws -> Execution {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "millrace.plan").async {
        continuation.resume(
          with: Result {
            let execution = try Execution(graph, on: backend, in: store, options: options)
            try execution.plan()
            return execution
          })
      }
    }
  }

  /// Carries the plan out.
  ///
  /// A second call plans again first, since the first one changed what is known.
  ///
  /// - Throws: ``PipelineError`` if the results cannot be written; what a plug-in throws before anything
  ///   runs.
  public func run() async throws -> RunResult {
    guard let execution = planned.take() else {
      return try await Plan(graph, on: backend, in: store, options: options).run()
    }
    try execution.initializeLocally()
    return try await withTaskCancellationHandler {
      try await execution.carryOut(since: clock)
    } onCancel: {
      options.cancellation.cancel()
    }
  }

  /// One line a node: state, name and reason.
  public var description: String { nodes.map(\.description).joined(separator: "\n") }
}

extension Execution {
  func carryOut(since started: RunClock) async throws -> RunResult {
    if events.isObserved {
      events.open(for: self)
      let nodes = flow?.flow.taskCount ?? state.withLock { $0.tally().nodes }
      events.send(.started(run: id, pipeline: options.pipeline, nodes: nodes))
    }
    options.gauge?.open(self)
    defer { options.gauge?.close() }
    let result: RunResult
    do {
      // A run that finds everything done changes nothing in the store.
      if hasWork { try beginRecord() }
      await run()
      try keepRest()
      let outcome = RunResult(self, duration: started.now, exports: [])
      // Results are safe before anything is shown, which may fail for reasons of its own.
      try recordEnd(outcome)
      let isClean = outcome.status == .succeeded
      let exports = isClean ? try export() : []
      if isClean { try printTexts() }
      result = RunResult(self, duration: started.now, exports: exports)
    } catch {
      await events.drain()
      throw error
    }
    events.send(.finished(result))
    await events.drain()
    return result
  }
}
