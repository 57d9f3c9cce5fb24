import MillraceEngine

/// A backend as it is written: `local`, `dispatch` or `dispatch:N`.
enum BackendChoice: Equatable, Sendable {
  case local
  /// A thread pool; nil for as many workers as there are cores.
  case dispatch(width: Int?)

  init(_ text: String) throws(Settings.Problem) {
    switch text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false) {
    case ["local"]: self = .local
    case ["dispatch"]: self = .dispatch(width: nil)
    case let parts where parts.count == 2 && parts[0] == "dispatch":
      guard let width = Int(parts[1]), 1...DispatchBackend.maximumWidth ~= width,
        parts[1].allSatisfy(\.isNumber)
      else {
        throw Settings.Problem(
          "'\(parts[1])' is no number of workers; use 'dispatch:N' with N from 1 to \(DispatchBackend.maximumWidth), or 'dispatch' for all cores."
        )
      }
      self = .dispatch(width: width)
    default:
      throw Settings.Problem(
        "'\(text)' is no backend; use 'local', 'dispatch' or 'dispatch:N' with N workers.")
    }
  }

  var backend: any Backend {
    switch self {
    case .local: .local
    case .dispatch(let width): .dispatch(width)
    }
  }
}
