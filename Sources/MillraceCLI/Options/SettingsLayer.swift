import MillraceEngine
import MillraceGraph

/// What one place says of a run: the command line, the environment, a profile, the rest of the file.
///
/// What it says nothing of is nil, or missing in ``resources``.
struct SettingsLayer: Equatable, Sendable {
  var backend: BackendChoice?
  var store: StoreChoice?
  var keepsGoing: Bool?
  var jobs: Int?
  var memory: ResourceAmount?
  var fingerprint: FingerprintSource?
  var resources: [String: ResourceAmount] = [:]

  /// What holds of several: for each setting, and for each pool, what the first says that says anything.
  init(first layers: [SettingsLayer]) {
    for layer in layers {
      backend = backend ?? layer.backend
      store = store ?? layer.store
      keepsGoing = keepsGoing ?? layer.keepsGoing
      jobs = jobs ?? layer.jobs
      memory = memory ?? layer.memory
      fingerprint = fingerprint ?? layer.fingerprint
      resources.merge(layer.resources) { first, _ in first }
    }
  }

  init(
    backend: BackendChoice? = nil, store: StoreChoice? = nil, keepsGoing: Bool? = nil,
    jobs: Int? = nil, memory: ResourceAmount? = nil, fingerprint: FingerprintSource? = nil,
    resources: [String: ResourceAmount] = [:]
  ) {
    self.backend = backend
    self.store = store
    self.keepsGoing = keepsGoing
    self.jobs = jobs
    self.memory = memory
    self.fingerprint = fingerprint
    self.resources = resources
  }

  /// What the variables say.
  static func variables(
    _ environment: (String) -> String?
  ) throws(Settings.Problem) -> SettingsLayer {
    var layer = SettingsLayer(
      backend: try Settings.variable("MILLRACE_BACKEND", environment, BackendChoice.init),
      store: try Settings.variable("MILLRACE_STORE", environment, StoreChoice.init),
      fingerprint: try Settings.variable(
        "MILLRACE_FINGERPRINT", environment, FingerprintChoice.source))
    let limits = try Settings.variable("MILLRACE_RESOURCES", environment, ResourceChoice.list)
    for choice in limits ?? [] { layer.resources[choice.pool] = choice.limit }
    return layer
  }
}
