import SwiftSyntax

/// Makes names that a declaration sees mean the same beside it.
///
/// A lifted function stands next to its task, where `Self` is another type and the members of a type
/// task are not in scope.
struct NameScope {
  /// What `Self` is; nil at file scope.
  var selfType: String?
  /// Types that a type task declares inside itself.
  var nestedTypes: Set<String> = []

  func qualify<Node: SyntaxProtocol>(_ node: Node) -> Syntax {
    guard let selfType else { return Syntax(node).trimmed }
    return Qualifier(selfType: selfType, nestedTypes: nestedTypes)
      .rewrite(Syntax(node).detached).trimmed
  }
}

private final class Qualifier: SyntaxRewriter {
  private let selfType: String
  private let nestedTypes: Set<String>

  init(selfType: String, nestedTypes: Set<String>) {
    self.selfType = selfType
    self.nestedTypes = nestedTypes
  }

  override func visit(_ node: IdentifierTypeSyntax) -> TypeSyntax {
    var result = super.visit(node).cast(IdentifierTypeSyntax.self)
    result.name = qualified(node.name)
    return TypeSyntax(result)
  }

  override func visit(_ node: DeclReferenceExprSyntax) -> ExprSyntax {
    if let access = node.parent?.as(MemberAccessExprSyntax.self), access.declName.id == node.id {
      return ExprSyntax(node)
    }
    return ExprSyntax(node.with(\.baseName, qualified(node.baseName)))
  }

  private func qualified(_ name: TokenSyntax) -> TokenSyntax {
    if name.tokenKind == .keyword(.Self) {
      return name.with(\.tokenKind, .identifier(selfType))
    }
    guard nestedTypes.contains(name.plainName) else { return name }
    return name.with(\.tokenKind, .identifier("\(selfType).\(name.text)"))
  }
}
