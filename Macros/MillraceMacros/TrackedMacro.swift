import SwiftDiagnostics
public import SwiftSyntax
import SwiftSyntaxBuilder
public import SwiftSyntaxMacros

/// `@Tracked`: writes a record of a declaration beside it, by which tasks that use it find its
/// fingerprint.
public enum TrackedMacro: PeerMacro {
  public static var formatMode: FormatMode { .disabled }

  public static func expansion(
    of node: AttributeSyntax,
    providingPeersOf declaration: some DeclSyntaxProtocol,
    in context: some MacroExpansionContext
  ) -> [DeclSyntax] {
    let declaration = DeclSyntax(declaration)
    let place = TaskPlace(context.lexicalContext)
    if let problem = TrackedProblem(of: declaration, at: place, attribute: node) {
      context.diagnose(
        Diagnostic(
          node: problem.node, message: problem,
          fixIts: problem.fix(of: declaration).map { [$0] } ?? []))
      return []
    }
    guard let name = TrackedName(of: declaration, at: place) else { return [] }
    let source = TaskSource(of: declaration, named: name.token, at: place, in: context)
    // The compiler's unique names are the same for overloads.
    let digits = SourceFingerprint(
      SHA256.digest(Array("\(name.path) \(source.fingerprint.digits)".utf8))
    ).digits.prefix(16)
    let unique = context.makeUniqueName("tracked_\(digits)").text
    return [record(of: name, from: source, named: unique, at: place)]
  }

  private static func record(
    of name: TrackedName, from source: TaskSource, named unique: String, at place: TaskPlace
  ) -> DeclSyntax {
    let call = """
      Millrace.__Code.report(
        $0, fileID: \(source.fileID), line: \(source.line), path: "\(name.path)",
        answers: [\(name.answers.quoted)],
        fingerprint: Millrace.Fingerprint(\(source.fingerprint.literals)),
        usedNames: [\(source.names.used.quoted)],
        calledNames: [\(source.names.called.quoted)])
      """
    let report = "\n\(call.indented)\n"
    if place.isMember {
      return DeclSyntax(
        unparsed: CodeRecord.text(named: unique, modifiers: "private ", report: report))
    }
    let record = CodeRecord.text(named: "__record", modifiers: "", report: report)
    return DeclSyntax(unparsed: "private enum \(unique) {\n\(record.indented)\n}")
  }
}

extension [String] {
  /// The elements as literals.
  var quoted: String { map { "\"\($0)\"" }.joined(separator: ", ") }
}
