/// The functions and variables that a module declares, as far as a symbol table tells.
struct ModuleNames {
  private var byName: [String: Set<DeclaredSymbol>] = [:]

  init(_ symbols: some Sequence<DeclaredSymbol>) {
    var properties: Set<[String]> = []
    for symbol in symbols {
      byName[symbol.name, default: []].insert(symbol)
      if symbol.kind == .variable { properties.insert(symbol.path) }
    }
    // An initializer all of whose labels are properties is taken for the one that a structure has
    // by itself, which is no code of the author's.
    byName["init"] = byName["init"]?.filter { symbol in
      !symbol.labels.allSatisfy { properties.contains(symbol.container + [$0]) }
    }
  }

  /// The names of a module in the symbol table of an executable.
  ///
  /// - Returns: Nil if the file has none.
  init?(of module: String, inFile path: String) throws {
    let part = "\(module.utf8.count)\(module)"
    guard let names = try ExecutableSymbols.names(containing: part, inFile: path) else {
      return nil
    }
    self.init(
      names.lazy.compactMap { name in
        ExecutableSymbols.demangled(name).flatMap { DeclaredSymbol($0, in: module) }
      })
  }

  /// What a called name may mean.
  ///
  /// - Parameters:
  ///   - name: `parse`, `Parser.parse` or `.parse`, a member of some value.
  ///   - types: The types around what calls it, from outside to inside.
  /// - Returns: The paths of the declarations, none if the module has none.
  func declarations(of name: String, from types: [String]) -> Set<[String]> {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard let base = parts.last else { return [] }
    let found = byName[base] ?? []
    if parts.count == 1 {
      let scopes = (0...types.count).map { Array(types.prefix($0)) }
      var paths = Set(found.filter { scopes.contains($0.container) }.map(\.path))
      for initializer in byName["init"] ?? [] where initializer.container.last == name {
        paths.insert(initializer.container)
      }
      return paths
    }
    if parts[0].isEmpty {
      return Set(found.filter { $0.kind == .function && $0.path.count > 1 }.map(\.path))
    }
    return Set(found.filter { $0.container.last == parts[0] }.map(\.path))
  }
}
