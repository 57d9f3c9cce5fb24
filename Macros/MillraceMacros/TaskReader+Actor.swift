import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

// An actor is lifted by its initialiser; its annotated methods are lifted one by one, see
// `TaskReader+Method.swift`.
extension TaskReader {
  mutating func read(_ actor: ActorDeclSyntax) -> TaskSignature? {
    checkPlace(name: actor.name, generics: actor.genericParameterClause)
    checkModifiers(of: actor)
    let typePath = place.path(of: actor.name.trimmed.text)
    let members = actor.memberBlock.members
    let scope = NameScope(
      selfType: typePath, nestedTypes: Set(members.compactMap(\.decl.nestedTypeName)))
    let initializer = readInitializer(of: actor)
    var parameters: [TaskParameter] = []
    var arguments: [TaskBody.Argument] = []
    if let clause = initializer?.signature.parameterClause {
      (parameters, arguments) = readParameters(clause, of: actor.name, in: scope)
    }
    for variable in members.compactMap({ $0.decl.as(VariableDeclSyntax.self) }) {
      checkWrappers(of: variable)
    }
    let settings = readArguments(naming: parameters)
    checkUncached()
    guard problems.diagnostics.isEmpty else { return nil }
    let specifiers = initializer?.signature.effectSpecifiers
    return TaskSignature(
      place: place, nameToken: actor.name, path: place.path(of: actor.name.plainName),
      arguments: settings.text, keepsValue: false,
      modifiers: liftedModifiers(actor.modifiers.narrowed(to: initializer)),
      attributes: sharedAttributes(actor.attributes),
      isUnavailable: actor.attributes.isUnavailable,
      isPrivate: place.isPrivate || actor.modifiers.hidesFromOtherFiles,
      parameters: parameters,
      effects: TaskEffects(
        isAsync: specifiers?.asyncSpecifier != nil,
        isThrowing: specifiers?.throwsClause?.mayThrow == true,
        actor: initializer?.attributes.globalActor),
      output: WrittenType(typePath), state: .instance, injects: actor.injects,
      body: .function(arguments: arguments))
  }

  private mutating func checkModifiers(of actor: ActorDeclSyntax) {
    if let modifier = actor.modifiers.modifier(.distributed) {
      problems.report(
        .distributedActor, at: modifier, fix: .removing(modifier, of: actor))
    }
  }

  /// An actor's inputs are its initialiser's, and it is never cached.
  private mutating func checkWrappers(of variable: VariableDeclSyntax) {
    for attribute in variable.attributes.plain {
      guard let wrapper = attribute.wrapper, wrapper != .injected else { continue }
      problems.report(
        .wrappedState, at: attribute,
        name: variable.bindings.first?.pattern.trimmedDescription ?? "", other: wrapper.rawValue,
        fix: .removing(attribute, of: variable))
    }
  }

  /// The one initialiser that a node is made with; nil for an actor that has none, or a wrong one.
  private mutating func readInitializer(of actor: ActorDeclSyntax) -> InitializerDeclSyntax? {
    let members = actor.memberBlock.members
    for conditional in members.compactMap({ $0.decl.as(IfConfigDeclSyntax.self) })
    where conditional.hidesInitializer {
      problems.report(.conditionalInitializer, at: conditional.clauses.first!.poundKeyword)
    }
    let initializers = members.compactMap { $0.decl.as(InitializerDeclSyntax.self) }
    guard let initializer = initializers.first else { return nil }
    if initializers.count > 1 {
      problems.report(.severalInitializers, at: initializers[1].initKeyword)
      return nil
    }
    if let modifier = initializer.modifiers.modifier(.private) {
      problems.report(
        .privateInitializer, at: modifier, fix: .removing(modifier, of: initializer))
    }
    if let mark = initializer.optionalMark {
      let plain = initializer.with(\.optionalMark, nil)
      problems.report(
        .failableInitializer, at: mark,
        fix: .replacing(initializer, with: plain, "Remove '\(mark.text)'"))
    }
    if let generics = initializer.genericParameterClause {
      problems.report(.genericDeclaration, at: generics)
    }
    return initializer
  }

  /// What depends on an actor's state is made in every run.
  mutating func checkUncached() {
    guard case .argumentList(let list) = attribute.arguments,
      let argument = list.first(where: { $0.label?.text == "cache" }),
      argument.expression.as(MemberAccessExprSyntax.self)?.declName.baseName.plainName != "off"
    else { return }
    problems.report(
      .cachedState, at: argument.expression, name: argument.expression.trimmedDescription,
      fix: .replacing(argument.expression, with: ExprSyntax(".off"), "Replace by '.off'"))
  }
}

extension ActorDeclSyntax {
  /// Whether some property reads from the context.
  fileprivate var injects: Bool {
    memberBlock.members.contains { member in
      member.decl.as(VariableDeclSyntax.self)?.attributes.plain
        .contains { $0.isNamed("Injected") } ?? false
    }
  }
}

extension IfConfigDeclSyntax {
  fileprivate var hidesInitializer: Bool {
    clauses.contains { clause in
      clause.elements?.as(MemberBlockItemListSyntax.self)?.contains { member in
        member.decl.is(InitializerDeclSyntax.self)
          || member.decl.as(IfConfigDeclSyntax.self)?.hidesInitializer == true
      } ?? false
    }
  }
}

extension DeclModifierListSyntax {
  /// These modifiers with the access of the actor or of its initialiser, whichever is less: an
  /// initialiser that says nothing is internal at most, as is one that is not written.
  fileprivate func narrowed(to initializer: InitializerDeclSyntax?) -> DeclModifierListSyntax {
    let order: [Keyword] = [.private, .fileprivate, .internal, .package, .public, .open]
    func rank(_ modifiers: DeclModifierListSyntax?) -> Int {
      order.firstIndex { modifiers?.modifier($0) != nil } ?? 2
    }
    guard rank(initializer?.modifiers) < rank(self) else { return self }
    return initializer?.modifiers ?? []
  }
}
