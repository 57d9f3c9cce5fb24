import MillraceEngine

/// What a run or a plan was told to do.
struct Settings: Equatable, Sendable {
  var backend: BackendChoice
  var store: StoreChoice
  var keepsGoing: Bool
  var seed: UInt64
  var usesJSON: Bool

  /// A setting that cannot be: a usage error.
  struct Problem: Error, Equatable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  /// The options of a run, without observers.
  func options(_ environment: @escaping @Sendable (String) -> String?) -> RunOptions {
    var options = RunOptions()
    options.failurePolicy = keepsGoing ? .keepGoing : .failFast
    options.seed = seed
    options.environment = environment
    return options
  }

  /// The setting that a variable makes; nil if it is not set, or empty.
  static func variable<Choice>(
    _ name: String, _ environment: (String) -> String?,
    _ parse: (String) throws(Problem) -> Choice
  ) throws(Problem) -> Choice? {
    guard let text = environment(name), !text.isEmpty else { return nil }
    do {
      return try parse(text)
    } catch {
      throw Problem("The variable \(name) cannot be used. \(error)")
    }
  }
}
