import Dispatch
import Foundation

/// Goes through every sequence of choices of something that begins anew each time: depth first, without
/// a copy of any state.
///
/// ```swift
/// var choices = Choices()
/// repeat {
///   while let options = whatCanHappen() { perform(options[try choices.pick(options.count)]) }
/// } while choices.advance()
/// ```
struct Choices {
  private var taken: [(choice: Int, of: Int)] = []
  private var depth = 0

  /// Whether the choices made so far were never made in this order.
  var isNew: Bool { depth == taken.count }

  /// - Returns: From 0 up to `count`, which is at least 1.
  /// - Throws: ``Violation`` if the same choices have led to another place before.
  mutating func pick(_ count: Int) throws -> Int {
    defer { depth += 1 }
    if depth == taken.count {
      taken.append((0, count))
      return 0
    }
    let known = taken[depth].of
    if known != count { throw Violation("\(known) things could happen before, and now \(count)") }
    return taken[depth].choice
  }

  /// Turns to the next sequence.
  ///
  /// - Returns: False if there is none.
  mutating func advance() -> Bool {
    depth = 0
    while let last = taken.popLast() {
      if last.choice + 1 < last.of {
        taken.append((last.choice + 1, last.of))
        return true
      }
    }
    return false
  }
}

/// How much of what can happen the model-checking suites go through.
enum Effort {
  /// Whether to take the minutes that everything takes, instead of the seconds that a build has.
  static let isFull = ProcessInfo.processInfo.environment["MILLRACE_MODEL_CHECK"] == "full"
}

/// What an invariant says that does not hold.
struct Violation: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}

/// Does something that takes long, on a thread of its own, so that asynchronous tests get on meanwhile;
/// one after another, so that these keep a core.
func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
  try await withCheckedThrowingContinuation { continuation in
    modelChecking.async { continuation.resume(with: Result { try body() }) }
  }
}

private let modelChecking = DispatchQueue(label: "model checking")
