import SwiftDiagnostics
public import SwiftSyntax
public import SwiftSyntaxMacros

/// `@Task`: reads a declaration as a ``TaskSignature`` and writes its definition and its lifted
/// functions beside it.
///
/// Everything that is wrong is diagnosed before anything is written, and then nothing is.
public enum TaskMacro: PeerMacro {
  /// Expansions are laid out as they are written; formatting them would take most of the time.
  public static var formatMode: FormatMode { .disabled }

  public static func expansion(
    of node: AttributeSyntax,
    providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) -> [DeclSyntax] {
    var reader = TaskReader(attribute: node, declaration: DeclSyntax(declaration), in: context)
    let signature = reader.read()
    for diagnostic in reader.problems.diagnostics { context.diagnose(diagnostic) }
    guard let signature, reader.problems.diagnostics.isEmpty else { return [] }
    let source = TaskSource(
      of: declaration, named: signature.nameToken, at: signature.place, in: context)
    let definition = TaskName(context.makeUniqueName(signature.uniqueName).text, of: signature)
    let lifted = signature.liftedFunctions(calling: definition)
    if signature.isUnavailable { return lifted }
    let record = TaskName(context.makeUniqueName(signature.uniqueRecordName).text, of: signature)
    return signature.definitions(named: definition, record: record, from: source) + lifted
  }
}

/// What the constant that holds the definition is called.
struct TaskName {
  /// The name that is unique in the declaration's scope.
  let unique: String
  let isMember: Bool

  init(_ unique: String, of signature: TaskSignature) {
    self.unique = unique
    self.isMember = signature.place.isMember
  }

  /// What lifted functions call.
  var reference: String { isMember ? unique : "\(unique).definition" }
}
