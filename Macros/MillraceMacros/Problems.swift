import SwiftDiagnostics
import SwiftSyntax

/// The problems found while a declaration is read.
struct Problems {
  /// The declaration, as in `function 'load'`.
  let subject: String
  private(set) var diagnostics: [Diagnostic] = []

  init(subject: String) { self.subject = subject }

  /// - Parameters:
  ///   - node: The smallest node that is wrong; it is underlined.
  ///   - fix: An edit that the author can take over.
  mutating func report(
    _ kind: TaskProblem.Kind, at node: some SyntaxProtocol, name: String = "", other: String = "",
    fix: FixIt? = nil
  ) {
    let message = TaskProblem(
      kind: kind, subject: subject, name: name.withoutBackticks, other: other)
    diagnostics.append(
      Diagnostic(node: node, message: message, fixIts: fix.map { [$0] } ?? []))
  }

  func contains(_ kind: TaskProblem.Kind) -> Bool {
    diagnostics.contains { ($0.diagMessage as? TaskProblem)?.kind == kind }
  }
}

extension FixIt {
  static func replacing<Node: SyntaxProtocol>(
    _ old: Node, with new: some SyntaxProtocol, _ message: String
  ) -> FixIt {
    FixIt(
      message: TaskFix(message),
      changes: [.replace(oldNode: Syntax(old), newNode: Syntax(new))])
  }

  /// Removes an attribute and the space behind it.
  static func removing(
    _ attribute: AttributeSyntax, of declaration: some WithAttributesSyntax
  ) -> FixIt {
    var changed = declaration
    changed.attributes = declaration.attributes.filter { $0.id != attribute.id }
    if declaration.attributes.first?.id == attribute.id {
      changed.leadingTrivia = declaration.leadingTrivia
    }
    return .replacing(declaration, with: changed, "Remove '\(attribute.trimmedDescription)'")
  }

  /// Removes a modifier and the space behind it.
  static func removing(
    _ modifier: DeclModifierSyntax, of declaration: some WithModifiersSyntax
  ) -> FixIt {
    var changed = declaration
    changed.modifiers = declaration.modifiers.filter { $0.id != modifier.id }
    if declaration.modifiers.first?.id == modifier.id {
      changed.leadingTrivia = declaration.leadingTrivia
    }
    return .replacing(declaration, with: changed, "Remove '\(modifier.trimmedDescription)'")
  }
}
