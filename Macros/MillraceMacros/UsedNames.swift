import SwiftSyntax

/// The names that a declaration's code refers to, so that a change of a helper can be followed.
///
/// They are names and not declarations: a name may stand for several, and one that the declaration
/// binds itself is left out wherever it is bound.
final class UsedNames: SyntaxVisitor {
  private var members: Set<String> = []
  private var unqualified: Set<String> = []
  private var bound: Set<String> = []

  /// - Returns: Sorted, each once: for a function those of its body and of its default values, for a
  ///   type those of all its members.
  static func names(in declaration: some DeclSyntaxProtocol) -> [String] {
    let visitor = UsedNames(viewMode: .sourceAccurate)
    if let function = declaration.as(FunctionDeclSyntax.self) {
      for parameter in function.signature.parameterClause.parameters {
        visitor.bound.insert((parameter.secondName ?? parameter.firstName).plainName)
        if let value = parameter.defaultValue { visitor.walk(value) }
      }
      if let body = function.body { visitor.walk(body) }
    } else if let type = declaration.asProtocol((any DeclGroupSyntax).self) {
      visitor.walk(type.memberBlock)
    }
    return visitor.members.union(visitor.unqualified.subtracting(visitor.bound)).sorted()
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> SyntaxVisitorContinueKind {
    guard case .identifier = node.baseName.tokenKind else { return .visitChildren }
    guard let access = node.parent?.as(MemberAccessExprSyntax.self), access.declName.id == node.id
    else {
      // A key path's component is a member too, and is no local variable.
      let isComponent = node.parent?.is(KeyPathPropertyComponentSyntax.self) == true
      insert(node.baseName, asMember: isComponent)
      return .visitChildren
    }
    insert(node.baseName, asMember: !access.isOfSelf)
    return .visitChildren
  }

  override func visit(_ node: IdentifierTypeSyntax) -> SyntaxVisitorContinueKind {
    if case .identifier = node.name.tokenKind { insert(node.name, asMember: false) }
    return .visitChildren
  }

  override func visit(_ node: MemberTypeSyntax) -> SyntaxVisitorContinueKind {
    insert(node.name, asMember: true)
    return .visitChildren
  }

  override func visit(_ node: IdentifierPatternSyntax) -> SyntaxVisitorContinueKind {
    bind(node.identifier)
  }

  override func visit(_ node: FunctionDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: StructDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: EnumDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: ClassDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }
  override func visit(_ node: TypeAliasDeclSyntax) -> SyntaxVisitorContinueKind { bind(node.name) }

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

  private func insert(_ name: TokenSyntax, asMember isMember: Bool) {
    if isMember {
      members.insert(name.plainName)
    } else {
      unqualified.insert(name.plainName)
    }
  }
}

extension MemberAccessExprSyntax {
  /// Whether this is `self.name` or `Self.name`, which may be bound by the declaration itself.
  fileprivate var isOfSelf: Bool {
    guard let base = base?.as(DeclReferenceExprSyntax.self) else { return false }
    return base.baseName.tokenKind == .keyword(.self) || base.baseName.tokenKind == .keyword(.Self)
  }
}
