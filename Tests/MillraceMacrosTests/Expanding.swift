import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import MillraceMacros

private let macros = [
  "Task": MacroSpec(type: TaskMacro.self), "Tracked": MacroSpec(type: TrackedMacro.self),
]

/// Expands `source` and compares; a difference is an issue at the caller's line.
func expectExpansion(
  of source: String, is expanded: String, diagnostics: [DiagnosticSpec] = [],
  fixed: String? = nil, location: Testing.SourceLocation = #_sourceLocation
) {
  assertMacroExpansion(
    source, expandedSource: expanded, diagnostics: diagnostics, macroSpecs: macros,
    fixedSource: fixed, testModuleName: "App", testFileName: "Text.swift",
    indentationWidth: .spaces(2),
    failureHandler: { Issue.record("\($0.message)", sourceLocation: location) })
}

/// What a source becomes, and what is said about it.
func expand(_ source: String) -> (text: String, problems: [TaskProblem]) {
  let file: SourceFileSyntax = "\(raw: source)"
  let context = BasicMacroExpansionContext(
    sourceFiles: [file: .init(moduleName: "App", fullFilePath: "Text.swift")])
  let expanded = file.expand(
    macroSpecs: macros,
    contextGenerator: {
      BasicMacroExpansionContext(
        sharingWith: context, lexicalContext: $0.allMacroLexicalContexts())
    },
    indentationWidth: .spaces(2))
  return (expanded.description, context.diagnostics.compactMap { $0.diagMessage as? TaskProblem })
}
