import MillraceGraph

/// The names that a task calls, or a helper of it, and that nothing follows.
struct UntrackedNames: Equatable {
  /// What a line is about: the task.
  var task: String
  /// Its file without the module, `Cleaning.swift`.
  var file: String
  var line: Int
  /// Sorted: what the task itself calls, then what its helpers call.
  var names: [Name]

  struct Name: Hashable, CustomStringConvertible {
    var name: String
    /// The helper that calls it; nil for the task.
    var helper: String?
    var description: String { helper.map { "\(name) (in \($0))" } ?? name }
  }

  /// - Parameters:
  ///   - tasks: Those of a graph.
  ///   - table: What is followed.
  ///   - declared: What a module declares.
  static func list(
    of tasks: [TaskDefinition], following table: DeclarationTable,
    declared: (_ module: String) -> ModuleNames
  ) -> [UntrackedNames] {
    let listed = Set(tasks.map(\.id.description))
    // Many tasks share their helpers.
    var known: [Declaration: [String]] = [:]
    return tasks.map { task in
      let own = Declaration(task)
      var names: [Name] = []
      // Tasks of the graph have lines of their own.
      let helpers = table.reached(from: task.usedNames, task: own.task)
        .filter { helper in helper.task.map { !listed.contains($0) } ?? true }
        .sorted { ($0.path, $0.fileID, $0.line) < ($1.path, $1.fileID, $1.line) }
      for declaration in [own] + helpers {
        let found =
          known[declaration]
          ?? unfollowed(by: declaration, in: table, declared(declaration.module))
        known[declaration] = found
        for name in found where !names.contains(where: { $0.name == name }) {
          names.append(Name(name: name, helper: declaration == own ? nil : declaration.path))
        }
      }
      return UntrackedNames(task: task.name, file: own.file, line: task.line, names: names)
    }
  }

  private static func unfollowed(
    by declaration: Declaration, in table: DeclarationTable, _ declared: ModuleNames
  ) -> [String] {
    var result: Set<String> = []
    let path = declaration.path.split(separator: ".").map(String.init)
    for name in declaration.calledNames {
      var meanings = declared.declarations(of: name, from: path.dropLast())
      // A declaration is followed by its own record, or with a type around it.
      if meanings.isEmpty || meanings.contains(where: { $0.contains(where: table.answers) }) {
        continue
      }
      if name.first == "." {
        // Of a name that other modules have too, it is most likely theirs, unless the type is named.
        let isNamed = { (path: [String]) in
          path.dropLast().contains(where: declaration.usedNames.contains)
        }
        if !meanings.allSatisfy(isNamed), declared.isShared(String(name.dropFirst())) {
          meanings = meanings.filter(isNamed)
        }
      }
      guard let meaning = meanings.first else { continue }
      result.insert(meanings.count == 1 ? meaning.joined(separator: ".") : Self.plain(name))
    }
    return result.sorted()
  }

  /// `parse` of `.parse` and `Parser.parse`.
  private static func plain(_ name: String) -> String {
    String(name.split(separator: ".").last ?? "")
  }
}

extension Declaration {
  /// The file in its module.
  fileprivate var file: String { String(fileID.drop { $0 != "/" }.dropFirst()) }
}
