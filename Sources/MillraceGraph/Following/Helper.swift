/// A declaration that a task reaches, and whose code is part of the task's key.
public struct Helper: Hashable, Sendable {
  /// Module, enclosing types and base name, `App.Parser.parse`; overloads are one helper.
  public let name: String
  /// The text that stands for its code in keys; of overloads, a digest of all of theirs.
  public let fingerprint: String
  /// Where it is declared, `App/Parser.swift`; of overloads, the first.
  public let fileID: String
  /// From 1; 0 where it is not known.
  public let line: Int
}

extension TaskDefinition {
  /// What is followed of what the task uses, sorted by name: declarations with `@Tracked` and tasks,
  /// those that they use in turn among them.
  ///
  /// It takes time in proportion to their number; runs ask once for each task.
  public var helpers: [Helper] {
    guard !usedNames.isEmpty else { return [] }
    return DeclarationTable.program.helpers(from: usedNames, task: id.description)
  }
}
