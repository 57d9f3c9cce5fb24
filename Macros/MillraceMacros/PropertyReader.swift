import SwiftDiagnostics
import SwiftSyntax

/// What a type task can say of a property.
enum PropertyWrapper: String, CaseIterable {
  case injected = "Injected"
  case unkeyed = "Unkeyed"
  case artifact = "Artifact"
}

extension AttributeSyntax {
  var wrapper: PropertyWrapper? { PropertyWrapper.allCases.first { isNamed($0.rawValue) } }
}

/// Reads the stored properties of a type task, by the rules of memberwise initializers.
struct PropertyReader {
  let scope: NameScope
  var problems: Problems
  private(set) var parameters: [TaskParameter] = []
  /// Whether some property reads from the context.
  private(set) var injects = false
  /// The names of the properties that are further outputs.
  private(set) var artifacts: [String] = []

  init(scope: NameScope, problems: Problems) {
    self.scope = scope
    self.problems = problems
  }

  mutating func read(_ member: DeclSyntax) {
    if let variable = member.as(VariableDeclSyntax.self) {
      read(variable)
    } else if let initializer = member.as(InitializerDeclSyntax.self) {
      problems.report(.customInitializer, at: initializer.initKeyword)
    } else if let conditional = member.as(IfConfigDeclSyntax.self), conditional.decidesTask {
      problems.report(.conditionalInput, at: conditional.clauses.first!.poundKeyword)
    }
  }

  private mutating func read(_ variable: VariableDeclSyntax) {
    if variable.modifiers.modifier(.static, .class) != nil { return }
    let stored = Array(variable.bindings).filter { $0.isStored && !variable.isFixed($0) }
    guard let first = stored.first else { return }
    let name = first.pattern.trimmedDescription
    if let modifier = variable.modifiers.modifier(.private) {
      problems.report(
        .privateInput, at: modifier, name: name, fix: .removing(modifier, of: variable))
    }
    let own = variable.attributes.plain.filter { $0.name.first?.isLowercase != true }
    let hidden = variable.modifiers.first { modifier in
      [Keyword.lazy, .weak, .unowned].contains { modifier.name.tokenKind == .keyword($0) }
    }
    if let other = own.first(where: { $0.wrapper == nil }) {
      problems.report(.wrappedInput, at: other, name: name, other: other.name)
    } else if own.count > 1 {
      problems.report(
        .wrappedTwice, at: own[1], name: name, other: own[1].wrapper?.rawValue ?? "",
        fix: .removing(own[1], of: variable))
    } else if let hidden {
      problems.report(
        .modifiedInput, at: hidden, name: name, other: hidden.name.text,
        fix: .removing(hidden, of: variable))
    } else {
      switch own.first?.wrapper {
      case .injected: injects = true
      case .artifact:
        artifacts.append(
          first.pattern.as(IdentifierPatternSyntax.self)?.identifier.trimmed.text ?? name)
      case .unkeyed: for binding in stored { read(binding, of: variable, isUnkeyed: true) }
      case nil: for binding in stored { read(binding, of: variable) }
      }
    }
  }

  private mutating func read(
    _ binding: PatternBindingSyntax, of variable: VariableDeclSyntax, isUnkeyed: Bool = false
  ) {
    guard let pattern = binding.pattern.as(IdentifierPatternSyntax.self) else {
      problems.report(.patternInput, at: binding.pattern)
      return
    }
    let name = pattern.identifier.trimmed.text
    let value = binding.initializer?.value
    guard let type = variable.type(of: binding) ?? value?.literalType else {
      problems.report(
        .untypedInput, at: pattern, name: name, fix: .addingType(to: binding))
      return
    }
    let recorded = problems.diagnostics.count
    checkType(type, name: name)
    guard problems.diagnostics.count == recorded else { return }
    // A `var` of an optional type starts as nil.
    let startsAsNil =
      variable.bindingSpecifier.tokenKind == .keyword(.var) && type.isOptionalSugar
    parameters.append(
      TaskParameter(
        label: name, name: name, type: WrittenType(type, in: scope),
        shape: TupleShape(type, in: scope),
        defaultValue: value.map { scope.qualify($0).trimmedDescription }
          ?? (startsAsNil ? "nil" : nil),
        isUnkeyed: isUnkeyed))
  }

  private mutating func checkType(_ type: TypeSyntax, name: String) {
    if let part = type.closurePart {
      problems.report(.closureParameter, at: part, name: name)
    } else if let part = type.opaquePart {
      problems.report(.opaqueParameter, at: part.someOrAnySpecifier, name: name)
    }
  }
}

extension IfConfigDeclSyntax {
  /// Whether it hides something that decides what the task is.
  fileprivate var decidesTask: Bool {
    clauses.contains { clause in
      clause.elements?.as(MemberBlockItemListSyntax.self)?.contains { member in
        if let variable = member.decl.as(VariableDeclSyntax.self) {
          return variable.modifiers.modifier(.static) == nil
            && variable.bindings.contains(where: \.isStored)
        }
        if let nested = member.decl.as(IfConfigDeclSyntax.self) { return nested.decidesTask }
        return member.decl.is(InitializerDeclSyntax.self)
          || member.decl.as(FunctionDeclSyntax.self)?.name.plainName == "run"
      } ?? false
    }
  }
}

extension PatternBindingSyntax {
  /// Whether the property has storage: no accessors, or observers alone.
  fileprivate var isStored: Bool {
    switch accessorBlock?.accessors {
    case nil: true
    case .getter: false
    case .accessors(let accessors):
      accessors.allSatisfy {
        $0.accessorSpecifier.tokenKind == .keyword(.willSet)
          || $0.accessorSpecifier.tokenKind == .keyword(.didSet)
      }
    }
  }
}

extension VariableDeclSyntax {
  /// A `let` with a value is no parameter of the memberwise initializer.
  fileprivate func isFixed(_ binding: PatternBindingSyntax) -> Bool {
    bindingSpecifier.tokenKind == .keyword(.let) && binding.initializer != nil
  }

  /// The written type of a binding; in `var a, b: Int` that of a later one.
  fileprivate func type(of binding: PatternBindingSyntax) -> TypeSyntax? {
    guard let index = bindings.firstIndex(where: { $0.id == binding.id }) else { return nil }
    for candidate in bindings[index...] {
      if let type = candidate.typeAnnotation?.type { return type }
      if candidate.initializer != nil { return nil }
    }
    return nil
  }
}
