extension SettingsFile {
  /// Reads the text of a file, all of it: what is wrong with a profile is said where another is used, too.
  ///
  /// - Parameter folder: What relative paths in it begin at.
  init(_ bytes: [UInt8], in folder: String) throws(Settings.Problem) {
    let value: JSONValue
    do {
      value = try JSONParser.parse(bytes)
    } catch {
      throw Settings.Problem("\(Self.name) is no JSON: line \(error.line) \(error.description).")
    }
    let example = #"{ "backend": "local" }"#
    var named: SettingsPlace?
    for (name, place) in try SettingsPlace(value: value).members(like: example) {
      switch name {
      case "profile": named = place
      case "profiles":
        for (name, profile) in try place.members(like: #"{ "server": \#(example) }"#) {
          var layer = SettingsLayer()
          for (name, setting) in try profile.members(like: example) {
            guard let key = SettingsKey(rawValue: name) else {
              throw setting.unknown(among: SettingsKey.names)
            }
            try key.read(setting, into: &layer, in: folder)
          }
          profiles[name] = layer
        }
      default:
        guard let key = SettingsKey(rawValue: name) else {
          throw place.unknown(among: SettingsKey.names + ["profile", "profiles"])
        }
        try key.read(place, into: &common, in: folder)
      }
    }
    if let named {
      let name = try named.text(like: #""server""#)
      guard profiles[name] != nil else {
        throw named.problem("names '\(name)', which is no profile. \(hint(for: name))")
      }
      defaultProfile = name
    }
  }
}
