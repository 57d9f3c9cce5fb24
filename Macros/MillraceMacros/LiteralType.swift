import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder

extension ExprSyntax {
  /// The type that a literal gives to a variable without a written type.
  var literalType: TypeSyntax? {
    switch kind {
    case .integerLiteralExpr: "Int"
    case .floatLiteralExpr: "Double"
    case .booleanLiteralExpr: "Bool"
    case .stringLiteralExpr: "String"
    case .prefixOperatorExpr: signedLiteralType
    default: nil
    }
  }

  private var signedLiteralType: TypeSyntax? {
    guard let signed = self.as(PrefixOperatorExprSyntax.self),
      ["-", "+"].contains(signed.operator.text),
      [.integerLiteralExpr, .floatLiteralExpr].contains(signed.expression.kind)
    else { return nil }
    return signed.expression.literalType
  }
}

extension TypeSyntax {
  /// Whether this is `T?` or `T!`, which alone start as nil.
  var isOptionalSugar: Bool {
    self.is(OptionalTypeSyntax.self) || self.is(ImplicitlyUnwrappedOptionalTypeSyntax.self)
  }
}

extension FixIt {
  /// Puts a placeholder for the type behind a property's name.
  static func addingType(to binding: PatternBindingSyntax) -> FixIt {
    var changed = binding
    changed.pattern.trailingTrivia = []
    changed.typeAnnotation = TypeAnnotationSyntax(
      colon: .colonToken(trailingTrivia: .space), type: TypeSyntax("<#Type#>"))
    changed.typeAnnotation?.trailingTrivia = binding.pattern.trailingTrivia
    return .replacing(binding, with: changed, "Write the type")
  }
}
