import SwiftSyntax

/// A type as source text in one spelling, whatever its layout was.
///
/// The text is part of a task's identity, so `[String : Int]` and `[String: Int]` are the same.
struct WrittenType: Equatable {
  let text: String
  /// Whether `.self` needs parentheses before it, as `(any Model).self` does.
  private let isComposed: Bool

  /// - Parameter scope: Where names are looked up from the place of the expansion.
  init(_ type: TypeSyntax, in scope: NameScope) {
    var type = type
    if let attributed = type.as(AttributedTypeSyntax.self) { type = attributed.baseType }
    if let unwrapped = type.as(ImplicitlyUnwrappedOptionalTypeSyntax.self) {
      type = TypeSyntax(OptionalTypeSyntax(wrappedType: unwrapped.wrappedType))
    }
    text = Self.spelling(of: scope.qualify(type))
    isComposed =
      type.is(SomeOrAnyTypeSyntax.self) || type.is(CompositionTypeSyntax.self)
      || type.is(SuppressedTypeSyntax.self)
  }

  init(_ text: String) {
    self.text = text
    isComposed = false
  }

  /// The expression of the type itself.
  var metatype: String { isComposed ? "(\(text)).self" : "\(text).self" }

  private static func spelling(of type: some SyntaxProtocol) -> String {
    var text = ""
    for token in type.tokens(viewMode: .sourceAccurate) {
      if needsSpace(between: text, and: token.text) { text += " " }
      text += token.text
    }
    return text
  }

  private static func needsSpace(between text: String, and next: String) -> Bool {
    guard let last = text.last, let first = next.first else { return false }
    if last == "," || last == ":" || last == "&" || next == "&" { return true }
    return last.continuesWord && first.continuesWord
  }
}

extension Character {
  fileprivate var continuesWord: Bool { isLetter || isNumber || self == "_" || self == "`" }
}
