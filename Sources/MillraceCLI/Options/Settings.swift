import MillraceEngine
import MillraceGraph

/// What a run or a plan was told to do.
struct Settings: Equatable, Sendable {
  var backend: BackendChoice
  var store: StoreChoice
  var keepsGoing: Bool
  var seed: UInt64
  var usesJSON: Bool
  /// Limits of pools, which go before the pipeline's own.
  var resources: [String: ResourceAmount] = [:]
  var jobs: Int?
  var memoryBudget: ResourceAmount?
  var fingerprint: FingerprintSource = .source
  /// A pattern for nodes that run although they have results.
  var forced: String?
  /// Patterns for the nodes that are asked for, and for those at which the run ends.
  var only: [String] = []
  var until: [String] = []
  /// What of ``SettingsFile`` went into it.
  var file = SettingsFile.Choice()

  /// A setting that cannot be: a usage error.
  struct Problem: Error, Equatable, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
  }

  /// The options of a run, without observers.
  ///
  /// - Parameter limits: What the pipeline says of its pools.
  func options(
    _ environment: @escaping @Sendable (String) -> String?,
    limits: [String: ResourceAmount] = [:]
  ) -> RunOptions {
    var options = RunOptions()
    options.resources = limits.merging(resources) { $1 }
    options.jobs = jobs
    options.memoryBudget = memoryBudget
    options.failurePolicy = keepsGoing ? .keepGoing : .failFast
    options.seed = seed
    options.fingerprint = fingerprint
    options.environment = environment
    if let forced { options.force(forced) }
    options.only = only
    options.until = until
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
