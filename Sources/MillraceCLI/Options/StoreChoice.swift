import MillraceStore

/// A store as it is written: a path, or `memory`.
enum StoreChoice: Equatable, Sendable {
  case memory
  case folder(String)

  /// In the working folder, so that nothing has to be set up.
  static let defaultFolder = ".millrace"

  init(_ text: String) throws(Settings.Problem) {
    switch text {
    case "":
      throw Settings.Problem(
        "A store has a path; give one, or 'memory', or leave it out for '\(Self.defaultFolder)'.")
    case "memory": self = .memory
    default: self = .folder(text)
    }
  }

  /// Opens the store, which is created if there is none.
  ///
  /// - Throws: `StoreFailure` if the folder is none of a store, or cannot be used.
  func open(onWarning: @escaping @Sendable (StoreWarning) -> Void) throws -> ArtifactStore {
    var options = StoreOptions()
    options.onWarning = onWarning
    switch self {
    case .memory: return .inMemory(options: options)
    case .folder(let path): return try .open(at: path, options: options)
    }
  }

  /// Opens the store if there is one: a plan creates none.
  func openToPlan(onWarning: @escaping @Sendable (StoreWarning) -> Void) throws -> ArtifactStore {
    if case .folder(let path) = self, (try? FileSystem.names(in: path)) == .some(nil) {
      return .inMemory()
    }
    return try open(onWarning: onWarning)
  }
}
