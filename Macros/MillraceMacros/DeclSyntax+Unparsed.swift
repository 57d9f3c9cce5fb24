import SwiftSyntax

extension DeclSyntax {
  /// Declarations that are printed as `text`, which nobody has looked at.
  ///
  /// The compiler is given an expansion as text and parses it itself. Parsing it here before took two
  /// thirds of the time of `@Task` (decision 29).
  init(unparsed text: String) {
    self.init(MissingDeclSyntax(placeholder: .identifier(text)))
  }
}
