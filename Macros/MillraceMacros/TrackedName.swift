import SwiftSyntax

/// What a tracked declaration is called, and what it answers to.
struct TrackedName {
  /// The name, or what stands for it, for the line.
  let token: TokenSyntax
  /// Enclosing types and base name without labels, `Parser.parse`.
  let path: String
  /// The used names that may mean it: `parse` unqualified or as a member of a type, `.parse` as a
  /// member of a value.
  let answers: [String]

  /// - Returns: Nil for a declaration that has no name, as `subscript`.
  init?(of declaration: DeclSyntax, at place: TaskPlace) {
    if let type = declaration.as(ExtensionDeclSyntax.self) {
      token = type.extensionKeyword
      path = "extension \(type.extendedType.trimmedDescription)"
      answers = type.answers
    } else if let initializer = declaration.as(InitializerDeclSyntax.self) {
      token = initializer.initKeyword
      path = place.path(of: "init")
      answers = [place.types.last].compactMap(\.self)
    } else if let type = declaration.asProtocol((any DeclGroupSyntax).self),
      let name = type.asProtocol((any NamedDeclSyntax).self)?.name
    {
      token = name
      path = place.path(of: name.plainName)
      // Its members are reached through it, or from within it.
      answers = [name.plainName] + type.memberBlock.members.compactMap(\.decl.nestedTypeName)
    } else {
      let names = declaration.memberNames
      guard let name = names.first else { return nil }
      token = name
      path = place.path(of: name.plainName)
      answers = names.flatMap { name in
        place.isMember && !declaration.isOfType
          ? [name.plainName, ".\(name.plainName)"] : [name.plainName]
      }
    }
  }
}

extension ExtensionDeclSyntax {
  /// The names of its members; that of the type too if it has what is used without a name.
  fileprivate var answers: [String] {
    var answers: Set<String> = []
    var hasNameless = inheritanceClause != nil
    for member in memberBlock.members {
      if let nested = member.decl.nestedTypeName {
        answers.insert(nested)
        continue
      }
      let names = member.decl.memberNames
      hasNameless = hasNameless || names.isEmpty
      for name in names {
        if case .identifier = name.tokenKind {
          answers.insert(name.plainName)
          if !member.decl.isOfType { answers.insert(".\(name.plainName)") }
        } else {
          hasNameless = true
        }
      }
    }
    if hasNameless { answers.insert(extendedType.lastName) }
    return answers.sorted()
  }
}

extension TypeSyntax {
  /// `Parser` of `Text.Parser<Row>`; for `[Row]` and the like the type's full name.
  var lastName: String {
    if let type = self.as(IdentifierTypeSyntax.self) { return type.name.plainName }
    if let type = self.as(MemberTypeSyntax.self) { return type.name.plainName }
    if self.is(ArrayTypeSyntax.self) { return "Array" }
    if self.is(DictionaryTypeSyntax.self) { return "Dictionary" }
    return trimmedDescription
  }
}

extension DeclSyntax {
  /// The names of a function or a variable.
  fileprivate var memberNames: [TokenSyntax] {
    if let function = self.as(FunctionDeclSyntax.self) { return [function.name] }
    guard let variable = self.as(VariableDeclSyntax.self) else { return [] }
    return variable.bindings.compactMap {
      $0.pattern.as(IdentifierPatternSyntax.self)?.identifier
    }
  }

  /// Whether a member belongs to the type and not to its values.
  fileprivate var isOfType: Bool {
    asProtocol((any WithModifiersSyntax).self)?.modifiers.modifier(.static, .class) != nil
  }
}
