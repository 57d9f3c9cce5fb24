import MillraceCoding
import MillraceGraph
import MillraceStore

/// The settings of a folder: `millrace.json`.
///
/// ```json
/// {
///   "store": "results",
///   "profiles": {
///     "server": { "backend": "dispatch:32", "resources": { "gpu": 2 } }
///   }
/// }
/// ```
struct SettingsFile: Equatable, Sendable {
  static let name = "millrace.json"

  /// What the file says of every run.
  var common = SettingsLayer()
  /// The profile that is used where nobody names one.
  var defaultProfile: String?
  var profiles: [String: SettingsLayer] = [:]

  /// What of the file holds for a run.
  struct Choice: Equatable, Sendable {
    /// The name of the profile, if there is one.
    var profile: String?
    /// The profile's, then the file's own; none if there is no file.
    var layers: [SettingsLayer] = []

    /// For people; nil without a file.
    var sentence: String? {
      if layers.isEmpty { return nil }
      return profile.map { "Using profile '\($0)' of \(SettingsFile.name)." }
        ?? "Using \(SettingsFile.name)."
    }
  }

  /// Reads the file of a folder, and chooses a profile.
  ///
  /// - Parameters:
  ///   - option: What `--profile` says.
  ///   - session: Where and with which variables.
  static func choice(
    _ option: String?, in session: Session
  ) throws(Settings.Problem) -> Choice {
    let variable = session.environment("MILLRACE_PROFILE").flatMap { $0.isEmpty ? nil : $0 }
    let wanted = option ?? variable
    guard let file = try read(in: session.folder) else {
      guard let wanted else { return Choice() }
      throw missing(wanted, isOption: option != nil, in: session.folder)
    }
    guard let name = wanted ?? file.defaultProfile else { return Choice(layers: [file.common]) }
    guard let profile = file.profiles[name] else {
      let origin =
        option != nil ? "" : variable != nil ? " that the variable MILLRACE_PROFILE names" : ""
      throw Settings.Problem(
        "\(Self.name) has no profile '\(name)'\(origin). \(file.hint(for: name))")
    }
    return Choice(profile: name, layers: [profile, file.common])
  }

  /// Which profiles there are, the nearest first.
  func hint(for name: String) -> String {
    let names = profiles.keys.sorted()
    let near = NameSuggestions.nearest(to: name, in: names, limit: 1).first
    let all =
      names.isEmpty
      ? "It has none; add it to its 'profiles'."
      : "It has \(names.map { "'\($0)'" }.joined(separator: ", "))."
    return "\(near.map { "Did you mean '\($0)'? " } ?? "")\(all)"
  }

  /// Reads the file of a folder; nil if there is none.
  ///
  /// - Complexity: Where there is none, one call that opens nothing.
  static func read(in folder: String) throws(Settings.Problem) -> SettingsFile? {
    let bytes: [UInt8]
    do {
      let file = try FileSystem.openToRead(folder == "." ? name : "\(folder)/\(name)")
      defer { FileSystem.closeFile(file) }
      let size = try FileSystem.status(of: file).size
      bytes = try FileSystem.read(min(size, maximumSize + 1), at: 0, of: file)
    } catch {
      if (error as? SystemCallError)?.isNotFound == true { return nil }
      throw Settings.Problem(
        "\(name) cannot be read: \(error). Mend its permissions, or move it away.")
    }
    guard bytes.count <= maximumSize else {
      throw Settings.Problem("\(name) is larger than 1 MiB, which no settings are; move it away.")
    }
    return try SettingsFile(bytes, in: folder)
  }

  private static let maximumSize = 1 << 20

  private static func missing(
    _ profile: String, isOption: Bool, in folder: String
  ) -> Settings.Problem {
    let origin = isOption ? "" : ", which the variable MILLRACE_PROFILE names"
    return Settings.Problem(
      """
      There is no profile '\(profile)'\(origin), because there is no \(name) in \
      '\(FileSystem.target(of: folder))', the working folder. Go where it is, or write it, for instance:
      {
        "profiles": { \(quoted(profile)): { "backend": "dispatch:8", "store": "results" } }
      }
      """)
  }

  private static func quoted(_ text: String) -> String { CBORItem.text(text).json() }
}
