internal import CMillraceRecords

/// A declaration whose changes can be followed: a task, or what `@Tracked` is written before.
package struct Declaration: Hashable, Sendable {
  /// The file in its module, `App/Text.swift`.
  package var fileID: String
  package var line: Int
  /// Enclosing types and base name without labels, `Parser.parse`; overloads have one path.
  package var path: String
  /// The used names, in the notation of ``TaskDefinition/usedNames``, that may mean it.
  package var answers: [String]
  /// The text that stands for its code.
  package var fingerprint: String
  package var usedNames: [String]
  package var calledNames: [String]
  /// A task's identity, nil for a helper.
  package var task: String?

  package init(
    fileID: String, line: Int, path: String, answers: [String], fingerprint: String,
    usedNames: [String] = [], calledNames: [String] = [], task: String? = nil
  ) {
    self.fileID = fileID
    self.line = line
    self.path = path
    self.answers = answers
    self.fingerprint = fingerprint
    self.usedNames = usedNames
    self.calledNames = calledNames
    self.task = task
  }

  package init(_ definition: TaskDefinition) {
    let id = definition.id
    // An actor's method is called on a value.
    let isMethod = definition.shape == .method
    self.init(
      fileID: id.fileID, line: definition.line, path: String(id.path.prefix { $0 != "(" }),
      answers: isMethod ? [id.name, ".\(id.name)"] : [id.name],
      fingerprint: "\(definition.fingerprint) version \(definition.attributes.version)",
      usedNames: definition.usedNames, calledNames: definition.calledNames, task: id.description)
  }

  package var module: String { String(fileID.prefix { $0 != "/" }) }
  /// Module and path, which keys contain.
  package var name: String { "\(module).\(path)" }

  /// Those of this program, in no order: the records in the image that this code is part of.
  static func recorded() -> [Declaration] {
    var size = 0
    guard let start = millrace_records(&size) else { return [] }
    let records = UnsafeRawBufferPointer(start: start, count: size)
      .bindMemory(to: __CodeRecord.self)
    var list: [Declaration] = []
    // A linker may leave zeros between sections; other versions are of other builds of Millrace.
    for (version, report) in records where version == 1 {
      withUnsafeMutablePointer(to: &list) { report($0) }
    }
    return list
  }
}
