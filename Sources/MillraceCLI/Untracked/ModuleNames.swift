/// The functions and variables that a module declares, as far as a symbol table tells.
struct ModuleNames {
  private var byName: [String: Set<DeclaredSymbol>] = [:]
  /// The member names of the module that other modules have as well.
  private let shared: Set<String>

  /// - Parameters:
  ///   - symbols: What the module declares.
  ///   - others: Mangled names of other modules.
  init(_ symbols: some Sequence<DeclaredSymbol>, others: [String] = []) {
    var properties: Set<[String]> = []
    for symbol in symbols {
      byName[symbol.name, default: []].insert(symbol)
      if symbol.kind == .variable { properties.insert(symbol.path) }
    }
    // An initializer all of whose labels are properties is taken for the one that a structure has
    // by itself, which is no code of the author's.
    byName["init"] = byName["init"]?.filter { symbol in
      // Of another module's type, nothing tells it from those that the type has.
      !symbol.isForeign
        && !symbol.labels.allSatisfy { properties.contains(symbol.container + [$0]) }
    }
    let members = byName.values.joined().filter { $0.kind == .function && $0.path.count > 1 }
    shared = Self.names(Set(members.map(\.name)), in: others)
  }

  /// Those of some names that stand in mangled names, where each follows its length.
  private static func names(_ names: Set<String>, in mangled: [String]) -> Set<String> {
    let wanted = Set(names.map { Array($0.utf8) })
    let lengths = Set(wanted.map(\.count))
    var found: Set<[UInt8]> = []
    for var symbol in mangled {
      // An executable has tens of megabytes of them: digits are looked at through a pointer.
      symbol.withUTF8 { text in
        guard let start = text.baseAddress else { return }
        let count = text.count
        var (index, length) = (0, 0)
        while index < count {
          let character = start[index]
          if character >= 0x30 && character <= 0x39 {
            length = min(length * 10 + Int(character) - 0x30, count)
          } else {
            if length > 0, index + length <= count, lengths.contains(length) {
              let name = Array(UnsafeBufferPointer(start: start + index, count: length))
              if wanted.contains(name) { found.insert(name) }
            }
            length = 0
          }
          index += 1
        }
      }
    }
    return Set(found.map { String(decoding: $0, as: UTF8.self) })
  }

  /// - Parameter names: The mangled names in an executable.
  init(of module: String, among names: Set<String>) {
    let part = "\(module.utf8.count)\(module)"
    var others = names
    let own = names.filter { $0.contains(part) }
    others.subtract(own)
    self.init(
      own.lazy.compactMap { name in
        ExecutableSymbols.demangled(name).flatMap { DeclaredSymbol($0, in: module) }
      }, others: Array(others))
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

  /// Whether other modules of the program have the name of a member as well, as `append`.
  func isShared(_ name: String) -> Bool { shared.contains(name) }
}
