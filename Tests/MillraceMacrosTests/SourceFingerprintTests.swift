import SwiftSyntax
import SwiftSyntaxBuilder
import Testing

@testable import MillraceMacros

@Suite
struct SourceFingerprintTests {
  private func fingerprint(_ source: String) -> SourceFingerprint {
    SourceFingerprint(of: DeclSyntax(stringLiteral: source))
  }

  @Test(arguments: [
    "@Task func f(_ x: Int) -> Int { let y = x\nreturn y + 1 }",
    "/// Docs.\n@Task\nfunc f(\n  _ x: Int  // A comment.\n) -> Int {\n  let y = x\n\n  return y + 1\n}",
    "func f(_ x: Int) -> Int { let y = x\nreturn y + 1 }",
    "@Task(version: 3, ignoring: [\"x\"]) func f(_ x: Int) -> Int { let y = x\nreturn y + 1 }",
    "@Tracked func f(_ x: Int) -> Int { let y = x\nreturn y + 1 }",
    "@Millrace.Task func f(_ x: Int) -> Int { let y = x\n/* why */ return y + 1 }",
  ])
  func `comments, layout and the attribute do not matter`(_ source: String) {
    #expect(
      fingerprint(source)
        == fingerprint("@Task func f(_ x: Int) -> Int { let y = x\nreturn y + 1 }"))
  }

  /// Pairs of different code, most of which differ in where one token or statement ends.
  @Test(arguments: [
    ("func f() -> Int { 1 }", "func f() -> Int { 2 }"),
    ("func f() -> Int { 1 }", "func g() -> Int { 1 }"),
    ("func f() -> Int { 1 }", "func f() -> Int8 { 1 }"),
    ("func f() -> Int { 1 }", "public func f() -> Int { 1 }"),
    ("func f() -> Int { 1 }", "@inline(never) func f() -> Int { 1 }"),
    ("func f(a: Int = 1) {}", "func f(a: Int = 2) {}"),
    ("func f() { g(a, b) }", "func f() { g(ab) }"),
    ("func f() { g(\"a b\") }", "func f() { g(\"ab\") }"),
    ("func f() { g(\"a\", \"b\") }", "func f() { g(\"a\\\", \\\"b\") }"),
    ("func f() { x\n(y) }", "func f() { x(y) }"),
    ("func f() { x\n-y }", "func f() { x - y }"),
    ("func f() { x\n[0] }", "func f() { x[0] }"),
    ("func f() { x! = y }", "func f() { x != y }"),
    ("func f() { g(1.0) }", "func f() { g(1.00) }"),
    ("struct S { @Task static func f() {} }", "struct S { static func f() {} }"),
    ("struct S { var a = 1; func run() {} }", "struct S { var a = 2; func run() {} }"),
  ])
  func `code matters`(_ one: String, _ other: String) {
    #expect(fingerprint(one) != fingerprint(other))
  }

  @Test
  func `the indentation of a text in several lines does not matter, its content does`() {
    let text = "func f() -> String {\n  \"\"\"\n  a\n    b\n  \"\"\"\n}"
    let indented = "func f() -> String {\n      \"\"\"\n      a\n        b\n      \"\"\"\n}"
    let changed = "func f() -> String {\n  \"\"\"\n  a\n   b\n  \"\"\"\n}"
    #expect(fingerprint(text) == fingerprint(indented))
    #expect(fingerprint(text) != fingerprint(changed))
  }

  /// Fingerprints are part of keys: another value here makes every artifact of every store stale.
  /// The value was computed with another program from the form that `TokenWriter` describes.
  @Test
  func `fingerprints stay what they are`() {
    #expect(
      fingerprint("@Task func f(_ x: Int) -> Int { x + 1 }").digits
        == "1414ffba3f0a2d63680e656b03a163a8")
  }
}
