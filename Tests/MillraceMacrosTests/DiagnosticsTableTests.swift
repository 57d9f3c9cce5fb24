import Foundation
import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import Testing

@testable import MillraceMacros

/// The page that lists every message says what the macros say.
@Suite struct DiagnosticsTableTests {
  /// A row of the page's tables.
  struct Row: CustomTestStringConvertible, Sendable {
    var source: String
    var message: String
    var instead: String
    /// The edit that the compiler offers; empty for none.
    var fix: String

    var testDescription: String { source }

    init?(_ line: Substring) {
      guard line.hasPrefix("| `"), line.hasSuffix(" |") else { return nil }
      let cells = line.dropFirst(2).dropLast(2).split(
        separator: " | ", omittingEmptySubsequences: false)
      guard cells.count == 4 else { return nil }
      source = Self.code(cells[0])
      message = String(cells[1])
      instead = Self.code(cells[2])
      fix = String(cells[3])
    }

    /// Code without its marks, where `⏎` is a line break.
    private static func code(_ cell: Substring) -> String {
      if cell.contains("` 61 parameters `") {
        let parameters = (0..<61).map { "p\($0): Int" }.joined(separator: ", ")
        return code("\(cell.replacing("` 61 parameters `", with: parameters))")
      }
      return String(cell.dropFirst().dropLast()).replacing(" ⏎ ", with: "\n")
    }

    private static func code(_ cell: String) -> String { code(Substring(cell)) }
  }

  private static let page = URL(fileURLWithPath: #filePath)
    .appending(path: "../../../Sources/Millrace/Documentation.docc/Diagnostics.md").standardized

  static let rows: [Row] = {
    let text = (try? String(contentsOf: page, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap(Row.init)
  }()

  private func diagnostics(of source: String) -> [Diagnostic] {
    let file: SourceFileSyntax = "\(raw: source)"
    let context = BasicMacroExpansionContext(
      sourceFiles: [file: .init(moduleName: "App", fullFilePath: "Text.swift")])
    _ = file.expand(
      macroSpecs: [
        "Task": MacroSpec(type: TaskMacro.self), "Tracked": MacroSpec(type: TrackedMacro.self),
      ],
      contextGenerator: {
        BasicMacroExpansionContext(
          sharingWith: context, lexicalContext: $0.allMacroLexicalContexts())
      },
      indentationWidth: .spaces(2))
    return context.diagnostics
  }

  @Test(arguments: rows)
  func `a row says what is said, and what edit is offered`(_ row: Row) throws {
    let diagnostic = try #require(diagnostics(of: row.source).first)
    #expect(diagnostic.message == row.message)
    #expect(diagnostic.fixIts.map(\.message.message) == (row.fix.isEmpty ? [] : [row.fix]))
  }

  @Test(arguments: rows)
  func `what is to be written instead is right`(_ row: Row) {
    #expect(diagnostics(of: row.instead).map(\.message).isEmpty)
  }

  @Test func `every kind of problem has a row`() {
    let problems = Self.rows.flatMap { diagnostics(of: $0.source).map(\.diagMessage) }
    let tasks = problems.compactMap { ($0 as? TaskProblem)?.kind }
    let tracked = problems.compactMap { ($0 as? TrackedProblem)?.kind }
    let missing = TaskProblem.Kind.allCases.filter { !tasks.contains($0) }
    #expect(missing.isEmpty, "without a row: \(missing)")
    #expect(TrackedProblem.Kind.allCases.allSatisfy { tracked.contains($0) })
  }
}
