import SwiftSyntax
import SwiftSyntaxBuilder
import Testing

@testable import MillraceMacros

@Suite
struct UsedNamesTests {
  /// A declaration, what it uses, and what of that stands for code.
  @Test(arguments: [
    ("func f() {}", [], []),
    ("func f(x: Int) { x }", ["Int"], []),
    ("func f(x: Int) -> Row { clean(x) }", ["Int", "Row", "clean"], ["clean"]),
    (
      "func f(_ x: [Int]) { x.map { $0 + one }.sorted() }", [".map", ".sorted", "Int", "one"],
      [".map", ".sorted", "one"]
    ),
    ("func f() { let y = make(); for z in y { use(z) } }", ["make", "use"], ["make", "use"]),
    ("func f() { run { a, b in a + b + c } }", ["c", "run"], ["c", "run"]),
    ("func f(a: Int = standard) {}", ["Int", "standard"], ["standard"]),
    ("func f(a: Mode) { a == .fast }", ["Mode", "fast"], []),
    ("func f() { .make(1) }", ["make"], [".make"]),
    (
      "func f() { Row.make(as: Table<Cell>.Part.self) }", ["Cell", "Part", "Row", "Table", "make"],
      ["Row.make", "Table.Part"]
    ),
    (
      "func f() { Text.Row<Int>.make() }", ["Int", "Row", "Text", "make"], ["Row.make", "Text.Row"]
    ),
    ("func f() { Row.init(1); Row(2); Row<Int>() }", ["Int", "Row"], ["Row"]),
    ("func f(count: [Int]) { count.count }", [".count", "Int"], []),
    ("func f(count: [Int]) { count.count() }", [".count", "Int"], [".count"]),
    ("func f() { \\Row.name }", [".name", "Row"], []),
    ("func f() { Self.helper(); func inner() {}; inner() }", ["helper", "inner"], ["helper"]),
    ("func f() { b(); a(); b() }", ["a", "b"], ["a", "b"]),
    ("func f() { `default`() }", ["default"], ["default"]),
    (
      "func f() { type(of: x).make(); [Int].zeros(); Row.self.make() }",
      [".make", ".zeros", "Int", "Row", "make", "type", "x", "zeros"],
      [".make", ".zeros", "type", "x"]
    ),
    // A name may be bound and still mean something outside.
    ("func f() { let split = split(1); split }", ["split"], []),
    ("func f() { let limit = limit; limit }", ["limit"], []),
    ("func f() { if let limit { limit } }", ["limit"], []),
    ("func f() { { [limit] in limit } }", ["limit"], []),
    ("func f(run: () -> Int) { run() }", ["Int", "run"], []),
    ("func f<T: Shape>(_ x: T) where T.Part: Cell {}", ["Cell", "Part", "Shape"], []),
    ("func f(_ n: Int) -> Int { f(n - 1) }", ["Int", "f"], []),
    ("@Clamped(low) @Tracked func f() {}", ["Clamped", "low"], ["low"]),
    ("@available(macOS 26, *) func f() {}", [], []),
    ("let limits = [low, 2]", ["low"], ["low"]),
    ("var limit: Int { low }", ["Int", "low"], ["low"]),
    ("init(_ x: Int) { y = scaled(x) }", ["Int", "scaled", "y"], ["scaled", "y"]),
    (
      "extension Row: Shape { func area() -> Double { width * scale } }",
      ["Double", "Row", "Shape", "scale", "width"], ["scale", "width"]
    ),
    (
      "enum E { case a(Row); func f() -> E { .a(make()) } }", ["E", "Row", "a", "make"],
      [".a", "make"]
    ),
    (
      "struct S { var rows: [Row]; func run() -> Int { help() + self.rows.total }; func help() {} }",
      [".total", "Int", "Row", "help"], []
    ),
  ])
  func `names are those that the code refers to and does not bind`(
    _ source: String, _ used: [String], _ called: [String]
  ) {
    let names = UsedNames(in: DeclSyntax(stringLiteral: source))
    #expect(names.used == used)
    #expect(names.called == called)
  }

  @Test func `the types around a member count as used`() {
    let names = UsedNames(in: DeclSyntax("func f() { g() }"), enclosing: ["Outer", "Inner"])
    #expect(names.used == ["Inner", "Outer", "g"] && names.called == ["g"])
  }
}
