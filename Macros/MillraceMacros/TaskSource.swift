import SwiftSyntax
import SwiftSyntaxMacros

/// What a definition says of the code that it was made of: where it is, and what it is.
struct TaskSource {
  /// Expressions: a string literal and an integer literal.
  let fileID: String
  let line: String
  let fingerprint: SourceFingerprint
  let usedNames: [String]

  init(
    of declaration: some DeclSyntaxProtocol, named name: TokenSyntax,
    in context: some MacroExpansionContext
  ) {
    let place = context.location(of: name, at: .afterLeadingTrivia, filePathMode: .fileID)
    fileID = place?.file.trimmedDescription ?? "#fileID"
    line = place?.line.trimmedDescription ?? "0"
    fingerprint = SourceFingerprint(of: declaration)
    usedNames = UsedNames.names(in: declaration)
  }
}
