import SwiftSyntax

/// The names that a declaration's code refers to, so that a change of a helper can be followed.
///
/// They are names and not declarations: a name may stand for several, and one that the declaration
/// binds itself is left out wherever it is bound, unless it may mean something outside all the same.
struct UsedNames: Equatable {
  /// Sorted, each once. `.parse` is a member of some value; `parse` is anything else, a member of a
  /// type among them.
  var used: [String] = []
  /// Those that stand for code, sorted, each once: what is called, and what is neither bound nor a
  /// type. `.parse` is a member of some value, `Parser.parse` one of a type.
  var called: [String] = []

  /// - Parameters:
  ///   - declaration: All of it counts: signature, attributes, body, and a type's members.
  ///   - types: Names of the types around it, whose members it can use without naming them.
  init(in declaration: some DeclSyntaxProtocol, enclosing types: [String] = []) {
    let collector = NameCollector(viewMode: .sourceAccurate)
    collector.collect(from: DeclSyntax(declaration))
    used = collector.used.union(types).sorted()
    called = collector.called.sorted()
  }
}

private final class NameCollector: SyntaxVisitor {
  private var members: Set<String> = []
  private var unqualified: Set<String> = []
  private var bound: Set<String> = []
  /// What is unqualified and may mean something outside although the name is bound.
  private var kept: Set<String> = []
  private var calledMembers: Set<String> = []
  private var calledUnqualified: Set<String> = []

  var used: Set<String> { members.union(kept).union(unqualified.subtracting(bound)) }
  var called: Set<String> { calledMembers.union(calledUnqualified.subtracting(bound)) }

  /// Walks everything but the declaration's own name.
  func collect(from declaration: DeclSyntax) {
    for child in declaration.children(viewMode: .sourceAccurate) { walk(child) }
    if let name = declaration.asProtocol((any NamedDeclSyntax).self)?.name.plainName {
      // A function that calls itself.
      calledUnqualified.remove(name)
    }
  }

  override func visit(_ node: AttributeSyntax) -> SyntaxVisitorContinueKind {
    node.isNamed("Task") || node.isNamed("Tracked") || node.name == "available"
      ? .skipChildren : .visitChildren
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    guard case .identifier = node.baseName.tokenKind else { return .visitChildren }
    let name = node.baseName.plainName
    guard let access = node.parent?.as(MemberAccessExprSyntax.self), access.declName.id == node.id
    else {
      if node.parent?.is(KeyPathPropertyComponentSyntax.self) == true {
        // A key path's component is a member too, and is no local variable.
        members.insert(".\(name)")
      } else {
        refer(to: name, by: node)
      }
      return .visitChildren
    }
    guard let base = access.base else {
      // `.fast` is one of a type that the context knows.
      members.insert(name)
      if access.isCalled { calledMembers.insert(".\(name)") }
      return .visitChildren
    }
    if base.isSelf {
      unqualified.insert(name)
      if access.isCalled { calledUnqualified.insert(name) }
      return .visitChildren
    }
    if let type = base.typeName {
      members.insert(name)
      calledMembers.insert("\(type).\(name)")
    } else {
      members.insert(".\(name)")
      if base.mayBeType { members.insert(name) }
      if access.isCalled { calledMembers.insert(".\(name)") }
    }
    return .visitChildren
  }

  private func refer(to name: String, by node: DeclReferenceExprSyntax) {
    unqualified.insert(name)
    if node.isCalled || node.isBound(as: name) { kept.insert(name) }
    // A type is no code but where it is made.
    let isInitialized = node.parent?.as(MemberAccessExprSyntax.self)?.isInitializer == true
    if !name.isTypeName || node.isCalled || isInitialized { calledUnqualified.insert(name) }
  }

  override func visit(_ node: IdentifierTypeSyntax) -> SyntaxVisitorContinueKind {
    if case .identifier = node.name.tokenKind { unqualified.insert(node.name.plainName) }
    return .visitChildren
  }

  override func visit(_ node: MemberTypeSyntax) -> SyntaxVisitorContinueKind {
    members.insert(node.name.plainName)
    return .visitChildren
  }

  override func visit(_ node: IdentifierPatternSyntax) -> SyntaxVisitorContinueKind {
    bind(node.identifier)
  }

  /// `if let limit` refers to another `limit`.
  override func visit(_ node: OptionalBindingConditionSyntax) -> SyntaxVisitorContinueKind {
    if node.initializer == nil, let pattern = node.pattern.as(IdentifierPatternSyntax.self) {
      kept.insert(pattern.identifier.plainName)
    }
    return .visitChildren
  }

  override func visit(_ node: ClosureCaptureSyntax) -> SyntaxVisitorContinueKind {
    if node.initializer == nil { kept.insert(node.name.plainName) }
    return bind(node.name)
  }

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: ActorDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }

  override func visit(_ node: EnumCaseElementSyntax) -> SyntaxVisitorContinueKind {
    bind(node.name)
  }

  override func visit(_ node: GenericParameterSyntax) -> SyntaxVisitorContinueKind {
    bind(node.name)
  }

  override func visit(_ node: FunctionParameterSyntax) -> SyntaxVisitorContinueKind {
    bind(node.secondName ?? node.firstName)
  }

  override func visit(_ node: ClosureParameterSyntax) -> SyntaxVisitorContinueKind {
    bind(node.secondName ?? node.firstName)
  }

  override func visit(_ node: ClosureShorthandParameterSyntax) -> SyntaxVisitorContinueKind {
    bind(node.name)
  }

  private func bind(_ name: TokenSyntax) -> SyntaxVisitorContinueKind {
    bound.insert(name.plainName)
    return .visitChildren
  }
}

extension ExprSyntaxProtocol {
  /// Whether the expression is what a call calls, with generic arguments or without.
  fileprivate var isCalled: Bool {
    if let call = parent?.as(FunctionCallExprSyntax.self) {
      return call.calledExpression.id == Syntax(self).id
    }
    if let generic = parent?.as(GenericSpecializationExprSyntax.self) { return generic.isCalled }
    return false
  }
}

extension ExprSyntax {
  /// `self` or `Self`, whose members may be bound by the declaration itself.
  fileprivate var isSelf: Bool {
    guard let reference = self.as(DeclReferenceExprSyntax.self) else { return false }
    return reference.baseName.tokenKind == .keyword(.self)
      || reference.baseName.tokenKind == .keyword(.Self)
  }

  /// The last name of what is a type by its spelling: `Parser`, `Text.Parser`, `Parser<Row>`.
  fileprivate var typeName: String? {
    if let generic = self.as(GenericSpecializationExprSyntax.self) {
      return generic.expression.typeName
    }
    let reference =
      self.as(DeclReferenceExprSyntax.self) ?? self.as(MemberAccessExprSyntax.self)?.declName
    guard let reference, case .identifier = reference.baseName.tokenKind else { return nil }
    let name = reference.baseName.plainName
    return name.isTypeName ? name : nil
  }

  /// Whether it can be a type that has no name: `[Int]`, `type(of: value)`, `Row.self`.
  fileprivate var mayBeType: Bool {
    if let call = self.as(FunctionCallExprSyntax.self) {
      return call.calledExpression.as(DeclReferenceExprSyntax.self)?.baseName.text == "type"
    }
    if let access = self.as(MemberAccessExprSyntax.self) {
      return access.declName.baseName.tokenKind == .keyword(.self)
    }
    return self.is(ArrayExprSyntax.self) || self.is(DictionaryExprSyntax.self)
      || self.is(TupleExprSyntax.self) || self.is(OptionalChainingExprSyntax.self)
  }
}

extension MemberAccessExprSyntax {
  /// `Parser.init`
  fileprivate var isInitializer: Bool { declName.baseName.tokenKind == .keyword(.`init`) }
}

extension DeclReferenceExprSyntax {
  /// Whether it stands in the initial value of a variable of its name: `let limit = limit`.
  fileprivate func isBound(as name: String) -> Bool {
    var node = parent
    while let current = node {
      if let clause = current.as(InitializerClauseSyntax.self) {
        let pattern =
          clause.parent?.as(PatternBindingSyntax.self)?.pattern
          ?? clause.parent?.as(OptionalBindingConditionSyntax.self)?.pattern
        if pattern?.tokens(viewMode: .sourceAccurate).contains(where: { $0.plainName == name })
          == true
        {
          return true
        }
      }
      node = current.parent
    }
    return false
  }
}

extension String {
  /// Whether a name is spelled like that of a type: its first letter is a capital.
  fileprivate var isTypeName: Bool { first { $0 != "_" }?.isUppercase == true }
}
