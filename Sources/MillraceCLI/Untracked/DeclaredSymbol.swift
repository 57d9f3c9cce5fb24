/// What a demangled symbol says of a declaration of some module.
struct DeclaredSymbol: Hashable {
  enum Kind: Hashable { case function, variable }

  /// Enclosing types and base name, `["Parser", "parse"]`; an extended type of another module is
  /// named as it is there, `["Array", "chunked"]`.
  var path: [String]
  var kind: Kind
  /// The argument labels of a function.
  var labels: [String] = []
  /// Whether an extension adds it to a type of another module.
  var isForeign = false

  var name: String { path.last ?? "" }
  var container: [String] { path.dropLast() }

  /// - Parameters:
  ///   - text: `static App.Parser.parse(_: Swift.String) -> [App.Row]` and the like.
  ///   - module: The module that the declaration must stand in.
  /// - Returns: Nil for what is no declaration of an author: closures, thunks, metadata, and what the
  ///   compiler writes.
  init?(_ text: String, in module: String) {
    var rest = Substring(text).dropping("static ")
    let isExtension = rest.hasPrefix("(extension in \(module)):")
    if isExtension {
      rest = rest.dropping("(extension in \(module)):")
      // The extended type's own module.
      guard let dot = rest.firstIndex(of: ".") else { return nil }
      isForeign = rest[..<dot] != module
      rest = rest[rest.index(after: dot)...]
    } else {
      guard rest.hasPrefix("\(module).") else { return nil }
      rest = rest.dropping("\(module).")
    }
    path = []
    while true {
      guard let component = Self.component(&rest) else { return nil }
      path.append(component)
      Self.skipGenerics(&rest)
      guard rest.first == "." else { break }
      rest.removeFirst()
    }
    if rest.first == "(" {
      kind = .function
      labels = Self.labels(rest)
      if name == "init", labels == ["rawValue"] || rest.hasPrefix("(from: Swift.Decoder)") {
        return nil
      }
    } else if rest.hasPrefix(" : ") {
      if let last = path.last, Self.accessors.contains(last) { path.removeLast() }
      if path.isEmpty { return nil }
      kind = .variable
      if name == "allCases" { return nil }
    } else {
      return nil
    }
  }

  /// What symbols of variables may end in.
  private static let accessors: Set<String> = [
    "getter", "setter", "modify", "modify2", "read", "read2", "unsafeMutableAddressor",
    "unsafeAddressor",
  ]

  /// Takes a name, or one that is private to a file: `(name in _0123)`.
  private static func component(_ text: inout Substring) -> String? {
    if text.first == "(" {
      guard let end = text.firstIndex(of: ")") else { return nil }
      let name = text[text.index(after: text.startIndex)..<end].prefix { $0 != " " }
      guard text[..<end].contains(" in "), !name.isEmpty else { return nil }
      text = text[text.index(after: end)...]
      return String(name)
    }
    let name = text.prefix { $0 == "_" || $0 == "$" || $0.isLetter || $0.isNumber }
    guard !name.isEmpty else { return nil }
    text = text[name.endIndex...]
    return String(name)
  }

  private static func skipGenerics(_ text: inout Substring) {
    guard text.first == "<" else { return }
    var depth = 0
    var previous: Character = " "
    for index in text.indices {
      if text[index] == "<" { depth += 1 }
      if text[index] == ">", previous != "-" { depth -= 1 }
      previous = text[index]
      if depth == 0 {
        text = text[text.index(after: index)...]
        return
      }
    }
  }

  /// The labels in `(day: Swift.Int, _: (Swift.Int) -> ())…`.
  private static func labels(_ text: Substring) -> [String] {
    var labels: [String] = []
    var depth = 0
    var argument = ""
    func add() {
      guard !argument.isEmpty else { return }
      let label = argument.prefix { $0 == "_" || $0.isLetter || $0.isNumber }
      labels.append(argument[label.endIndex...].hasPrefix(":") ? String(label) : "_")
    }
    for character in text.dropFirst() {
      if character == ")" && depth == 0 { break }
      if "([".contains(character) { depth += 1 }
      if ")]".contains(character) { depth -= 1 }
      if character == "," && depth == 0 {
        add()
        argument = ""
      } else if !(argument.isEmpty && character == " ") {
        argument.append(character)
      }
    }
    add()
    return labels
  }
}

extension Substring {
  fileprivate func dropping(_ prefix: String) -> Substring {
    hasPrefix(prefix) ? dropFirst(prefix.count) : self
  }
}
