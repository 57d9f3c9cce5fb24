import MillraceCoding
import MillraceGraph
import MillraceStore

/// A task in a plan.
public struct PlannedNode: Sendable, CustomStringConvertible {
  public enum State: String, Sendable {
    /// The store has its value.
    case hit
    /// It will run.
    case run
    /// It will run if what it waits for gives other bytes than before, or has never run.
    case waiting
    /// Its value is needed only by tasks that may not run.
    case onDemand
  }

  public var name: String
  public var task: String
  public var state: State
  /// Why it is no hit; nil for hits.
  public var reason: MissReason?

  /// State, name and reason in one line.
  public var description: String {
    let state = state.rawValue.padding(to: 9)
    return reason.map { "\(state)\(name): \($0)" } ?? "\(state)\(name)"
  }
}

extension String {
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
