import SwiftDiagnostics
import SwiftSyntax
import SwiftSyntaxBuilder
import SwiftSyntaxMacroExpansion
import SwiftSyntaxMacros
import SwiftSyntaxMacrosGenericTestSupport
import Testing

@testable import MillraceMacros

@Suite
struct TrackedMacroTests {
  @Test
  func `a function gets a record beside it`() {
    let code = "func split(_ text: String) -> [Row] { text.parts().map(Row.init) }"
    let fingerprint = SourceFingerprint(of: DeclSyntax(stringLiteral: code))
    let expanded = expand("@Tracked\n\(code)").text
    let name = expanded.firstMatch(of: /private enum (\w+) \{/)?.1 ?? ""
    #expect(
      expanded.drop { $0 == "\n" } == """
        \(code)

        private enum \(name) {
          #if compiler(>=6.3)
          #if objectFormat(MachO)
          @section("__DATA_CONST,__millrace")
          #else
          @section("millrace")
          #endif
          @used
          #endif
          nonisolated static let __record: Millrace.__CodeRecord = (1, {
            Millrace.__Code.report(
              $0, fileID: "App/Text.swift", line: 2, path: "split",
              answers: ["split"],
              fingerprint: Millrace.Fingerprint(\(fingerprint.literals)),
              usedNames: [".map", ".parts", "Row", "String"],
              calledNames: [".map", ".parts", "Row"])
          })
        }
        """)
  }

  @Test
  func `a member gets one in its type, which it uses`() {
    let text = expand("enum Text { @Tracked static func split() {} }").text
    #expect(text.contains("nonisolated private static let __macro_local_"))
    #expect(text.contains(#"path: "Text.split""#))
    #expect(text.contains(#"usedNames: ["Text"]"#))
    #expect(!text.contains("private enum"))
  }

  /// A declaration, its path, and what it answers to.
  @Test(arguments: [
    ("@Tracked func split() {}", "split", ["split"]),
    ("@Tracked func `default`() {}", "default", ["default"]),
    ("@Tracked let limit = 3", "limit", ["limit"]),
    ("@Tracked var limit: Int { 3 }", "limit", ["limit"]),
    ("@Tracked struct Row<Cell> { enum Kind { case a } }", "Row", ["Row", "Kind"]),
    ("@Tracked enum Kind { case a }", "Kind", ["Kind"]),
    ("@Tracked final class Tally {}", "Tally", ["Tally"]),
    ("@Tracked actor Keeper {}", "Keeper", ["Keeper"]),
    ("struct Row { @Tracked func total() {} }", "Row.total", ["total", ".total"]),
    ("struct Row { @Tracked static func make() {} }", "Row.make", ["make"]),
    ("class Row { @Tracked class func make() {} }", "Row.make", ["make"]),
    ("struct Row { @Tracked var total: Int { 1 } }", "Row.total", ["total", ".total"]),
    ("struct Row { @Tracked init(_ x: Int) {} }", "Row.init", ["Row"]),
    ("extension Text.Row { @Tracked init(_ x: Int) {} }", "Text.Row.init", ["Row"]),
    (
      "@Tracked extension Row { func f() {}; static let g = 1 }", "extension Row", [".f", "f", "g"]
    ),
    ("@Tracked extension [Int] { var f: Int { 1 } }", "extension [Int]", [".f", "f"]),
    (
      "@Tracked extension Array where Element == Int { func f() {} }", "extension Array",
      [".f", "f"]
    ),
    // What is used without a name is used through the type.
    ("@Tracked extension Row { init(_ x: Int) {} }", "extension Row", ["Row"]),
    ("@Tracked extension Row: Shape { func f() {} }", "extension Row", [".f", "Row", "f"]),
    (
      "@Tracked extension Text.Row { subscript(_ x: Int) -> Int { x } }", "extension Text.Row",
      ["Row"]
    ),
    ("@Tracked extension Row { static func + (a: Row, b: Row) {} }", "extension Row", ["Row"]),
    ("@Tracked extension Row { enum Kind {} }", "extension Row", ["Kind"]),
  ])
  func `a declaration answers to the names that may mean it`(
    _ source: String, _ path: String, _ answers: [String]
  ) {
    let expanded = expandTracked(source)
    #expect(expanded.problems.isEmpty)
    #expect(expanded.text.contains("path: \"\(path)\""), "\(expanded.text)")
    #expect(expanded.text.contains("answers: [\(answers.quoted)]"), "\(expanded.text)")
  }

  @Test
  func `overloads have records of different names`() {
    let text = expand("@Tracked func f(_ x: Int) {}\n@Tracked func f(_ x: Double) {}").text
    let names = text.matches(of: /private enum (\w+) \{/).map(\.1)
    #expect(names.count == 2 && Set(names).count == 2)
  }

  /// What is refused, and a part of the sentence that says what to do.
  @Test(arguments: [
    (
      TrackedProblem.Kind.notTrackable, "@Tracked typealias Row = Int", "write it before a function"
    ),
    (.notTrackable, "enum E { @Tracked case a }", "write it before a function"),
    (.appliedTwice, "@Tracked @Tracked func f() {}", "remove one of the attributes"),
    (.isTask, "@Tracked @Task func f() {}", "remove '@Tracked'"),
    (.isProtocol, "@Tracked protocol P {}", "the types and extensions that have"),
    (.operatorFunction, "@Tracked func + (a: A, b: A) -> A { a }", "declare it in a type"),
    (.mutableVariable, "@Tracked var limit = 3", "make it 'let'"),
    (.mutableVariable, "@Tracked var limit: Int", "make it 'let'"),
    (.mutableVariable, "@Tracked var limit = 3 { didSet {} }", "make it 'let'"),
    (.protocolRequirement, "protocol P { @Tracked func f() }", "what implements the requirement"),
    (.localDeclaration, "func g() { @Tracked func f() {} }", "remove it"),
    (
      .genericContext, "struct S<T> { @Tracked func f() {} }", "before the type or extension itself"
    ),
    (.genericContext, "extension [Int] { @Tracked func f() {} }", "before the type or extension"),
    (.genericExtension, "extension Sequence { @Tracked func f() {} }", "extension of 'Sequence'"),
  ])
  func `what cannot be tracked is diagnosed, with what to do, and gets no record`(
    _ kind: TrackedProblem.Kind, _ source: String, _ remedy: String
  ) throws {
    let expanded = expandTracked(source)
    let problem = try #require(expanded.problems.first)
    #expect(problem.kind == kind)
    #expect(problem.message.hasPrefix("'@Tracked' cannot be applied"))
    #expect(problem.message.contains(remedy), "\(problem.message)")
    #expect(!expanded.text.contains("Millrace.__Code.report(\n"))
  }

  @Test(arguments: [
    ("@Tracked @Task func f() {}", "@Task func f() {}", "Remove '@Tracked'", 1, 1),
    ("@Tracked var limit = 3", "@Tracked let limit = 3", "Replace 'var' by 'let'", 1, 1),
    (
      "func g() {\n  @Tracked func f() {}\n}", "func g() {\n  func f() {}\n}", "Remove '@Tracked'",
      2, 3
    ),
  ])
  func `an edit that mends it is offered`(
    _ source: String, _ fixed: String, _ edit: String, _ line: Int, _ column: Int
  ) throws {
    let problem = try #require(expandTracked(source).problems.first)
    expectExpansion(
      of: source, is: expand(source).text,
      diagnostics: [
        DiagnosticSpec(
          message: problem.message, line: line, column: column,
          fixIts: [FixItSpec(message: edit)])
      ], fixed: fixed)
  }

  private func expandTracked(_ source: String) -> (text: String, problems: [TrackedProblem]) {
    let file: SourceFileSyntax = "\(raw: source)"
    let context = BasicMacroExpansionContext(
      sourceFiles: [file: .init(moduleName: "App", fullFilePath: "Text.swift")])
    let expanded = file.expand(
      macroSpecs: ["Tracked": MacroSpec(type: TrackedMacro.self)],
      contextGenerator: {
        BasicMacroExpansionContext(
          sharingWith: context, lexicalContext: $0.allMacroLexicalContexts())
      },
      indentationWidth: .spaces(2))
    return (
      expanded.description, context.diagnostics.compactMap { $0.diagMessage as? TrackedProblem }
    )
  }
}
