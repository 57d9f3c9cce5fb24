/// Why a task is no hit, in the order in which the reasons are tried: the first that holds is told.
public enum MissReason: Sendable, Equatable, CustomStringConvertible {
  /// Its policy is `cache: .off`, or it returns nothing.
  case notCached
  /// An input cannot be encoded, so there is no key.
  case noKey(input: String)
  /// What it takes is made in this run, so its key is not known yet.
  case waitsFor([String])
  /// Its value is kept in memory only.
  case transient
  /// It is to run although there may be a result: ``MillraceGraph/NodeAttributes/isForced``.
  case forced
  /// The store has a record of this key, and its bytes are missing or damaged.
  case unreadable
  /// A file that the recorded value names has another content now.
  case fileChanged
  /// Its results were invalidated, and why.
  case invalidated(String)
  /// These parts of the key differ from those of the latest result of this node.
  case changed([KeyChange])
  /// The store has no result of this node.
  case new

  public var description: String {
    switch self {
    case .notCached: "not cached"
    case .noKey(let input): "no key, because input '\(input)' cannot be encoded"
    case .waitsFor(let names): "waits for \(Self.list(names))"
    case .transient: "kept in memory only"
    case .forced: "forced"
    case .unreadable: "its artifact is missing or damaged"
    case .fileChanged: "a file that its value names has changed"
    case .invalidated(let reason): "invalidated: \(reason)"
    case .changed(let changes):
      "changed: \(changes.map(\.description).joined(separator: ", "))"
    case .new: "no earlier result"
    }
  }

  /// The first four; lists may have thousands.
  private static func list(_ names: [String]) -> String {
    let first = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 4 ? "\(first) and \(names.count - 4) more" : first
  }
}
