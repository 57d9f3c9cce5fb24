/// What makes a task this task and no other: module, path, labels and parameter types.
///
/// The identity is part of every key, so it is made of what a source file says and of nothing
/// that differs between builds or processes.
public struct TaskID: Hashable, Sendable, CustomStringConvertible {
  /// The module, for example `FlightDelays`.
  public let module: String
  /// The file in its module, `FlightDelays/Load.swift`.
  public let fileID: String
  /// Enclosing types, base name and labels, for example `Steps.tokenize(_:minimumLength:)`.
  public let path: String
  /// The parameters' types as they are written, in order.
  public let parameterTypes: [String]
  /// Whether the declaration is visible in its file only; then the file is part of the identity.
  public let isPrivate: Bool

  public init(
    fileID: String, path: String, parameterTypes: [String] = [], isPrivate: Bool = false
  ) {
    self.module = String(fileID.prefix { $0 != "/" })
    self.fileID = fileID
    self.path = path
    self.parameterTypes = parameterTypes
    self.isPrivate = isPrivate
  }

  /// The path of what takes a member of a value.
  static let member: String = "member"

  /// The base name, `tokenize`, which nodes are named after by default.
  public var name: String {
    let base = path.prefix { $0 != "(" }
    return String(base.split(separator: ".").last ?? base)
  }

  /// The canonical form that keys contain; parts are separated by characters no identifier has.
  public var description: String {
    let signature = "\(module).\(path)<\(parameterTypes.joined(separator: ","))>"
    return isPrivate ? "\(signature)@\(fileID)" : signature
  }
}
