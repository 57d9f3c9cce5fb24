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

  @Flag(
    inversion: .prefixedNo,
    help: "After a failure, run everything that does not need the failed node.")
  var keepGoing: Bool?

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

  @Option(
    help: ArgumentHelp(
      """
      A profile of 'millrace.json' in the working folder, which says backend, store and limits. \
      (environment: MILLRACE_PROFILE)
      """, valueName: "name"),
    completion: Completions.of(.profiles))
  var profile: String?

  func choice(in session: Session) throws(Settings.Problem) -> StoreChoice {
    let variable = try Settings.variable(
      "MILLRACE_STORE", session.environment, StoreChoice.init)
    let file = try SettingsFile.choice(profile, in: session)
    let layers = [SettingsLayer(store: store), SettingsLayer(store: variable)] + file.layers
    return SettingsLayer(first: layers).store ?? .folder(StoreChoice.defaultFolder)
  }

  /// The store's folder, for verbs that have nothing to do with a store in memory.
  func folder(in session: Session, purpose: String) throws(Settings.Problem) -> String {
    guard case .folder(let path) = try choice(in: session) else {
      throw Settings.Problem(
        "A store in memory ends with its process, so there is nothing to \(purpose); give '--store PATH'."
      )
    }
    return path
  }
}

extension CommonOptions {
  /// What the command line says.
  private var layer: SettingsLayer {
    var layer = SettingsLayer(
      backend: backend, store: location.store, keepsGoing: keepGoing, jobs: jobs, memory: memory,
      fingerprint: fingerprint)
    for choice in resources { layer.resources[choice.pool] = choice.limit }
    return layer
  }

  /// What holds: what the command line says, or else the environment, the profile, the rest of
  /// `millrace.json`, and last the defaults.
  func settings(in session: Session) throws(Settings.Problem) -> Settings {
    let file = try SettingsFile.choice(location.profile, in: session)
    let all = SettingsLayer(
      first: [layer, try SettingsLayer.variables(session.environment)] + file.layers)
    var settings = Settings(
      backend: all.backend ?? .dispatch(width: nil),
      store: all.store ?? .folder(StoreChoice.defaultFolder), keepsGoing: all.keepsGoing ?? false,
      seed: seed, usesJSON: json)
    settings.resources = all.resources
    settings.jobs = all.jobs
    settings.memoryBudget = all.memory
    settings.fingerprint = all.fingerprint ?? .source
    settings.forced = selection.forced
    settings.only = selection.only
    settings.until = selection.until
    settings.file = file
    return settings
  }
}
