import SwiftSyntax
import SwiftSyntaxMacros

/// What a definition says of the code that it was made of: where it is, and what it is.
struct TaskSource {
  /// Expressions: a string literal and an integer literal.
  let fileID: String
  let line: String
  let fingerprint: SourceFingerprint
  let names: UsedNames

  init(
    of declaration: some DeclSyntaxProtocol, named name: TokenSyntax, at place: TaskPlace,
    in context: some MacroExpansionContext
  ) {
    let location = context.location(of: name, at: .afterLeadingTrivia, filePathMode: .fileID)
    fileID = location?.file.trimmedDescription ?? "#fileID"
    line = location?.line.trimmedDescription ?? "0"
    fingerprint = SourceFingerprint(of: declaration)
    names = UsedNames(in: declaration, enclosing: place.types)
  }
}
