import ArgumentParser
import MillraceEngine
import MillraceGraph

/// Millrace's own options of `run` and `plan`. Their names are reserved; see ``ReservedNames``.
struct CommonOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Where nodes run: 'local' one after the other, 'dispatch' on all cores, 'dispatch:N' on N \
      workers. (environment: MILLRACE_BACKEND; default: dispatch)
      """, valueName: "backend"),
    completion: .list(["local", "dispatch"]),
    transform: { try BackendChoice($0) })
  var backend: BackendChoice?

  @OptionGroup var location: StoreLocation

  @Flag(help: "After a failure, run everything that does not need the failed node.")
  var keepGoing = false

  @Option(
    name: .customLong("resource"),
    help: ArgumentHelp(
      """
      How much there is of a pool that tasks request, as 'gpu=2' or 'memory=16gib'; may be \
      repeated. (environment: MILLRACE_RESOURCES, as 'gpu=2,memory=16gib')
      """, valueName: "pool=amount"),
    transform: { try ResourceChoice($0) })
  var resources: [ResourceChoice] = []

  @Option(
    help: ArgumentHelp(
      "How many tasks run at once, whatever the backends could.", valueName: "number"),
    transform: { try ResourceChoice.jobs($0) })
  var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "While the process uses more memory than this, as '4gib', start no further task beside others.",
      valueName: "amount"),
    transform: { try ResourceChoice.memory($0) })
  var memory: ResourceAmount?

  @OptionGroup var selection: SelectionOptions

  @Option(help: ArgumentHelp("What tasks with random numbers start from.", valueName: "number"))
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      """
      What stands for code in keys: 'source', a task's own code and that of the helpers that are \
      followed, or 'executable', the whole program. (environment: MILLRACE_FINGERPRINT; \
      default: source)
      """, valueName: "fingerprint"),
    completion: .list(["source", "executable"]),
    transform: { try FingerprintChoice.source($0) })
  var fingerprint: FingerprintSource?

  @Flag(help: "Print one JSON object a line; what tasks print goes to standard error.")
  var json = false
}

/// The option that says which store is used, also for verbs that only ask the store.
struct StoreLocation: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Folder that results are kept in, or 'memory' to keep none. (environment: MILLRACE_STORE; \
      default: \(StoreChoice.defaultFolder))
      """, valueName: "path"),
    completion: .directory,
    transform: { try StoreChoice($0) })
  var store: StoreChoice?

  func choice(_ environment: (String) -> String?) throws(Settings.Problem) -> StoreChoice {
    if let store { return store }
    return try Settings.variable("MILLRACE_STORE", environment, StoreChoice.init)
      ?? .folder(StoreChoice.defaultFolder)
  }

  /// The store's folder, for verbs that have nothing to do with a store in memory.
  func folder(
    _ environment: (String) -> String?, purpose: String
  ) throws(Settings.Problem) -> String {
    guard case .folder(let path) = try choice(environment) else {
      throw Settings.Problem(
        "A store in memory ends with its process, so there is nothing to \(purpose); give '--store PATH'."
      )
    }
    return path
  }
}

extension CommonOptions {
  /// What holds after options, environment and defaults.
  func settings(_ environment: (String) -> String?) throws(Settings.Problem) -> Settings {
    let named = try Settings.variable("MILLRACE_BACKEND", environment, BackendChoice.init)
    var settings = Settings(
      backend: backend ?? named ?? .dispatch(width: nil),
      store: try location.choice(environment), keepsGoing: keepGoing, seed: seed, usesJSON: json)
    let limits = try Settings.variable("MILLRACE_RESOURCES", environment, ResourceChoice.list) ?? []
    for choice in limits + resources { settings.resources[choice.pool] = choice.limit }
    settings.jobs = jobs
    settings.forced = selection.forced
    settings.only = selection.only
    settings.until = selection.until
    settings.memoryBudget = memory
    let code = try Settings.variable(
      "MILLRACE_FINGERPRINT", environment, FingerprintChoice.source)
    settings.fingerprint = fingerprint ?? code ?? .source
    return settings
  }
}
