import SwiftSyntax
import SwiftSyntaxBuilder
import Testing

@testable import MillraceMacros

@Suite
struct UsedNamesTests {
  @Test(arguments: [
    ("func f() {}", []),
    ("func f(x: Int) { x }", []),
    ("func f(x: Int) -> Row { clean(x) }", ["clean"]),
    ("func f(_ x: [Int]) { x.map { $0 + one }.sorted() }", ["map", "one", "sorted"]),
    ("func f() { let y = make(); for z in y { use(z) } }", ["make", "use"]),
    ("func f() { run { a, b in a + b + c } }", ["c", "run"]),
    ("func f(a: Int = standard) {}", ["standard"]),
    ("func f(a: Mode) { a == .fast }", ["fast"]),
    ("func f() { Row.make(as: Table<Cell>.Part.self) }", ["Cell", "Part", "Row", "Table", "make"]),
    ("func f(count: [Int]) { count.count }", ["count"]),
    ("func f() { \\Row.name }", ["Row", "name"]),
    ("func f() { Self.helper(); func inner() {}; inner() }", ["helper"]),
    ("func f() { b(); a(); b() }", ["a", "b"]),
    ("func f() { `default`() }", ["default"]),
    (
      "struct S { var rows: [Row]; func run() -> Int { help() + self.rows.total }; func help() {} }",
      ["Int", "Row", "total"]
    ),
  ])
  func `names are those that the code refers to and does not bind`(
    _ source: String, _ names: [String]
  ) {
    #expect(UsedNames.names(in: DeclSyntax(stringLiteral: source)) == names)
  }
}
