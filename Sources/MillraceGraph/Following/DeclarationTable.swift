import MillraceCoding

/// Declarations by the names that may mean them.
///
/// A name is not resolved as the compiler does it: all declarations that answer to it count. Where
/// that is one too many, a task runs again without need; it is never one too few.
package struct DeclarationTable: Sendable {
  package let declarations: [Declaration]
  private let indices: [String: [Int]]

  /// The program's tasks and tracked declarations.
  package static let program = DeclarationTable(Declaration.recorded())

  package init(_ declarations: [Declaration]) {
    self.declarations = declarations
    var indices: [String: [Int]] = [:]
    for (index, declaration) in declarations.enumerated() {
      for answer in declaration.answers { indices[answer, default: []].append(index) }
    }
    self.indices = indices
  }

  /// Whether anything answers to a name.
  package func answers(to name: String) -> Bool { indices[name] != nil }

  /// What is reached from names, directly or through what was reached.
  ///
  /// - Parameter task: The identity of the task that begins, which is no helper of itself.
  package func reached(from names: [String], task: String? = nil) -> [Declaration] {
    var isReached = Set<Int>()
    var waiting = names
    var reached: [Declaration] = []
    while let name = waiting.popLast() {
      for index in indices[name] ?? [] where isReached.insert(index).inserted {
        let declaration = declarations[index]
        waiting += declaration.usedNames
        if task == nil || declaration.task != task { reached.append(declaration) }
      }
    }
    return reached
  }

  /// A helper by its name in keys, `App.Parser.parse`.
  package func helper(named name: String) -> Helper? {
    let overloads = declarations.filter { $0.name == name }
    return overloads.isEmpty ? nil : Helper(name: name, overloads)
  }

  /// What is reached from names, as parts of a key: one for each name, sorted.
  package func helpers(from names: [String], task: String? = nil) -> [Helper] {
    let overloads = Dictionary(grouping: reached(from: names, task: task), by: \.name)
    return overloads.map { Helper(name: $0, $1) }.sorted { $0.name < $1.name }
  }
}

extension Helper {
  /// - Parameter overloads: All that have the name, at least one.
  fileprivate init(name: String, _ overloads: [Declaration]) {
    let sorted = overloads.sorted { ($0.fileID, $0.line) < ($1.fileID, $1.line) }
    // Where they stand does not matter, nor how they were linked.
    let fingerprints = overloads.map(\.fingerprint).sorted()
    self.init(
      name: name,
      fingerprint: fingerprints.count == 1
        ? fingerprints[0] : Digest.sha256(Array(fingerprints.joined(separator: "\n").utf8)).hex,
      fileID: sorted[0].fileID, line: sorted[0].line)
  }
}
