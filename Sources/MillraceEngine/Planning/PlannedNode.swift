public import MillraceCoding
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
  /// The key, where it is known.
  public var key: Key?
  /// The source file of its task, `FlightDelays/Load.swift`.
  public var fileID: String
  /// The line of its declaration, from 1; 0 where it is not known.
  public var line: Int
  /// The parts of the key of one that is no hit and whose value would be stored.
  var encodedParts: [UInt8]?

  /// State, name and reason in one line.
  public var description: String {
    let state = state.rawValue.padding(to: 9)
    return explanation.map { "\(state)\(name): \($0)" } ?? "\(state)\(name)"
  }

  /// The reason; where its code has changed, with the place of that.
  public var explanation: String? {
    reason?.text(at: fileID, line)
  }
}

extension MissReason {
  /// The reason; where the task's code has changed, with the place of that.
  func text(at fileID: String, _ line: Int) -> String {
    guard case .changed(let changes) = self, line > 0,
      changes.contains(where: { $0.subject == .code })
    else { return description }
    return "\(description) (\(fileID):\(line))"
  }
}

extension String {
  func padding(to width: Int) -> String {
    self + String(repeating: " ", count: max(1, width - count))
  }
}
