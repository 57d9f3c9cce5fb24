import SwiftSyntax
import SwiftSyntaxBuilder
import Testing

@testable import MillraceMacros

@Suite
struct WrittenTypeTests {
  private func written(_ type: String) -> WrittenType {
    WrittenType(
      TypeSyntax(stringLiteral: type), in: NameScope(selfType: "A.B", nestedTypes: ["Row"]))
  }

  @Test(arguments: [
    ("[String:Int]", "[String: Int]"),
    ("[ String : Int ]", "[String: Int]"),
    ("Dictionary<String,[Int]>", "Dictionary<String, [Int]>"),
    ("Result< Int /* why */ , any  Error >", "Result<Int, any Error>"),
    ("(\n  Int,\n  String\n)", "(Int, String)"),
    ("(x : Int, y:Int)", "(x: Int, y: Int)"),
    ("any A&B", "any A & B"),
    ("( any A )?", "(any A)?"),
    ("A . B", "A.B"),
    ("Int!", "Int?"),
    ("consuming [Int]", "[Int]"),
    ("[Self]", "[A.B]"),
    ("Row?", "A.B.Row?"),
    ("Other.Row", "Other.Row"),
    ("Table<Row>", "Table<A.B.Row>"),
  ])
  func `a type has one spelling, whatever its layout and place`(_ type: String, _ text: String) {
    #expect(written(type).text == text)
  }

  @Test(arguments: [
    ("Int", "Int.self"), ("Int?", "Int?.self"), ("[Int]", "[Int].self"),
    ("(Int, A)", "(Int, A).self"),
    ("any A", "(any A).self"), ("A & C", "(A & C).self"), ("(any A)?", "(any A)?.self"),
    ("any A.Type", "(any A.Type).self"),
  ])
  func `a type is an expression`(_ type: String, _ expression: String) {
    #expect(written(type).metatype == expression)
  }
}
