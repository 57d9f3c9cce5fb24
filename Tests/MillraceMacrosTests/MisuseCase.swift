import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import MillraceMacros

/// A source that `@Task` refuses: what it says, where, and what its fix-it makes of the source.
struct MisuseCase: CustomTestStringConvertible, Sendable {
  let kind: TaskProblem.Kind
  let source: String
  let line: Int
  let column: Int
  let message: String
  var fix: String?
  var fixed: String?

  var testDescription: String { "\(kind.rawValue): \(source)" }

  init(
    _ kind: TaskProblem.Kind, _ source: String, _ line: Int, _ column: Int, _ message: String,
    fix: String? = nil, fixed: String? = nil
  ) {
    self.kind = kind
    self.source = source
    self.line = line
    self.column = column
    self.message = message
    self.fix = fix
    self.fixed = fixed
  }

  var specification: DiagnosticSpec {
    DiagnosticSpec(
      message: message, line: line, column: column,
      fixIts: fix.map { [FixItSpec(message: $0)] } ?? [])
  }
}
