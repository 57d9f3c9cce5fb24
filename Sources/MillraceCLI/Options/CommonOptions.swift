import ArgumentParser

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

  @Option(help: ArgumentHelp("What tasks with random numbers start from.", valueName: "number"))
  var seed: UInt64 = 0

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
}

extension CommonOptions {
  /// What holds after options, environment and defaults.
  func settings(_ environment: (String) -> String?) throws(Settings.Problem) -> Settings {
    let named = try Settings.variable("MILLRACE_BACKEND", environment, BackendChoice.init)
    return Settings(
      backend: backend ?? named ?? .dispatch(width: nil),
      store: try location.choice(environment), keepsGoing: keepGoing, seed: seed, usesJSON: json)
  }
}
