import MillraceGraph

/// The settings that `millrace.json` can make, of every run or in a profile.
enum SettingsKey: String, CaseIterable {
  case backend, store, jobs, memory, resources, keepGoing, fingerprint

  static var names: [String] { allCases.map(\.rawValue) }

  /// Reads a setting as the option of that name would be read.
  ///
  /// - Parameter folder: What relative paths begin at.
  func read(
    _ place: SettingsPlace, into layer: inout SettingsLayer, in folder: String
  ) throws(Settings.Problem) {
    switch self {
    case .backend:
      layer.backend = try place.parsed(
        try place.text(like: #""dispatch:8""#), BackendChoice.init)
    case .store:
      let text = try place.text(like: #""results""#)
      layer.store = try place.parsed(text) { text throws(Settings.Problem) in
        try Self.store(text, in: folder)
      }
    case .jobs:
      layer.jobs = try place.parsed(try place.number(like: "8"), ResourceChoice.jobs)
    case .memory:
      layer.memory = try place.parsed(
        try place.amount(like: #""8gib""#), ResourceChoice.memory)
    case .resources:
      for (pool, amount) in try place.members(like: #"{ "gpu": 2 }"#) {
        let text = try amount.amount(like: #"2 or "16gib""#)
        let choice = try amount.parsed("\(pool)=\(text)") { text throws(Settings.Problem) in
          try ResourceChoice(text)
        }
        layer.resources[pool] = choice.limit
      }
    case .keepGoing: layer.keepsGoing = try place.flag()
    case .fingerprint:
      layer.fingerprint = try place.parsed(
        try place.text(like: #""source""#), FingerprintChoice.source)
    }
  }

  private static func store(
    _ text: String, in folder: String
  ) throws(Settings.Problem) -> StoreChoice {
    // A shell would make the home folder of it; here it would be a folder of that name.
    if text == "~" || text.hasPrefix("~/") {
      throw Settings.Problem("'~' stands for nothing here; write the path in full.")
    }
    guard case .folder(let path) = try StoreChoice(text) else { return .memory }
    return .folder(path.hasPrefix("/") || folder == "." ? path : "\(folder)/\(path)")
  }
}
