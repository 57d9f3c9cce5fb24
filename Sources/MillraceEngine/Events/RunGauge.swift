import MillraceGraph
import Synchronization

/// Lets somebody ask during a run how much there is to do.
///
/// It is asked, rather than told: an event for each node that a list adds, or a counter that workers
/// share, would cost every run what only a display wants to know ten times a second.
package final class RunGauge: Sendable {
  /// How much a run has to do, as far as it is known.
  package struct Reading: Equatable, Sendable {
    /// Tasks in the run; it rises where lists turn out to have elements.
    package var nodes: Int
    /// Whether some list or repetition is not known yet, so that there may come to be more.
    package var mayGrow: Bool

    package init(nodes: Int, mayGrow: Bool) {
      self.nodes = nodes
      self.mayGrow = mayGrow
    }
  }

  /// A task that has not ended.
  package struct Pending: Sendable {
    package var name: String
    package var task: String

    package init(name: String, task: String) {
      self.name = name
      self.task = task
    }
  }

  private struct State {
    var execution: Execution?
    var census = RunState.Census()
  }

  private let state = Mutex(State())

  package init() {}

  func open(_ execution: Execution) { state.withLock { $0 = State(execution: execution) } }

  /// Lets go of a run that is over.
  func close() { state.withLock { $0.execution = nil } }

  /// How much there is to do; nil before the run has been planned, and afterwards.
  ///
  /// - Complexity: O(*n*) for the *n* nodes that are new since the last call.
  package func reading() -> Reading? {
    state.withLock { state in
      guard let execution = state.execution else { return nil }
      if let flow = execution.flow {
        return Reading(nodes: flow.flow.taskCount, mayGrow: false)
      }
      return execution.state.withLock { $0.reading(&state.census) }
    }
  }

  /// The tasks that have not ended, in no order; nil if there are more than `limit`, or too many nodes in
  /// all to look for them.
  package func pending(limit: Int) -> [Pending]? {
    guard let execution = state.withLock(\.execution) else { return nil }
    let nodes: [Int]
    if let part = execution.flow {
      guard part.flow.count <= limit * 16 else { return nil }
      nodes = (0..<part.flow.count).filter {
        (part.flow.slots + $0).record.isTask && !part.hasEnded($0)
      }
    } else {
      guard let open = execution.state.withLock({ $0.openTasks(among: limit * 16) }) else {
        return nil
      }
      nodes = open
    }
    guard nodes.count <= limit else { return nil }
    return nodes.map {
      Pending(name: execution.name(of: $0), task: execution.taskName(of: $0))
    }
  }
}
