import Testing

@testable import MillraceCLI

struct JSONParserTests {
  private func parse(_ text: String) throws -> JSONValue { try JSONParser.parse(Array(text.utf8)) }

  @Test(arguments: [
    ("null", JSONValue.Content.null), (" true ", .bool(true)), ("false", .bool(false)),
    ("0", .number("0")), ("-12.50e+3", .number("-12.50e+3")), ("16", .number("16")),
    (#""""#, .text("")), (#""a\"\\\/\b\f\n\r\t""#, .text("a\"\\/\u{8}\u{c}\n\r\t")),
    (#""\u00e9\ud83d\ude80é""#, .text("é🚀é")), ("[]", .list([])), ("{}", .object([])),
    ("\u{feff}{}", .object([])),
  ])
  func `values are what they are in JSON`(text: String, content: JSONValue.Content) throws {
    #expect(try parse(text) == JSONValue(content: content, line: 1))
  }

  @Test func `values know their lines`() throws {
    let value = try parse("{\n \"a\": [1,\n 2],\r\n\n \"b\":\n {}}")
    func number(_ text: String, _ line: Int) -> JSONValue {
      JSONValue(content: .number(text), line: line)
    }
    let list = JSONValue(content: .list([number("1", 2), number("2", 3)]), line: 2)
    let members = [
      JSONValue.Member(name: "a", value: list),
      JSONValue.Member(name: "b", value: JSONValue(content: .object([]), line: 6)),
    ]
    #expect(value == JSONValue(content: .object(members), line: 1))
  }

  @Test(arguments: [
    ("", 1, "ends where a value belongs; texts stand in double quotes"),
    ("{\n\"a\": 1,\n}", 2, "has a comma before '}'; remove it"),
    ("[1,\n2\n,]", 3, "has a comma before ']'; remove it"),
    ("{\n  // why\n}", 2, "has a comment, which JSON does not know; remove it"),
    ("{\"a\": 1 # why\n}", 1, "has a comment, which JSON does not know; remove it"),
    ("{\"a\": 1\n\"b\": 2}", 2, "has '\"' where a comma or '}' belongs"),
    ("{\"a\": 1", 1, "ends where a comma or '}' belongs"),
    ("{a: 1}", 1, "has 'a' where a name belongs; names stand in double quotes"),
    ("{\"a\" 1}", 1, "has '1' where a colon belongs, behind 'a'"),
    ("{\"a\": 1,\n\"a\": 2}", 2, "says 'a' twice; remove one of the two"),
    ("{\"a\": local}", 1, "has 'l' where a value belongs; texts stand in double quotes"),
    ("{\"a\": 'é'}", 1, "has ''' where a value belongs; texts stand in double quotes"),
    ("[é]", 1, "has 'é' where a value belongs; texts stand in double quotes"),
    ("{} {}", 1, "has '{' where nothing belongs; remove it"),
    ("[01]", 1, "has a number that begins with 0; leave the 0 out"),
    ("[1.]", 1, "has ']' where a digit belongs"), ("[-", 1, "ends where a digit belongs"),
    ("[1e]", 1, "has ']' where a digit belongs"),
    ("[\"a\n\"]", 1, "has a text that does not end in its line; a double quote belongs there"),
    ("[\"a", 1, "ends inside of a text; a double quote belongs there"),
    (#"["C:\dir"]"#, 1, #"has a '\' that begins nothing JSON knows; write '\\' for a '\'"#),
    (#"["\ud800"]"#, 1, #"has a '\' that begins nothing JSON knows; write '\\' for a '\'"#),
    (#"["\u12"]"#, 1, #"has a '\u' without four digits behind it"#),
    (#"["\"#, 1, #"has a '\' that begins nothing JSON knows; write '\\' for a '\'"#),
    (#"["\u"#, 1, #"has a '\u' without four digits behind it"#),
  ])
  func `what is no JSON is said with its line`(text: String, line: Int, description: String) {
    #expect(throws: JSONParser.Problem(line: line, description: description)) { try parse(text) }
  }

  @Test func `no depth is a depth of the stack`() {
    #expect(
      throws: JSONParser.Problem(
        line: 1, description: "is nested more than 64 deep; take some of it away")
    ) { try parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test func `other encodings are said`() {
    #expect(
      throws: JSONParser.Problem(
        line: 1, description: "is not all UTF-8; save the file in that encoding")
    ) { try JSONParser.parse([0x22, 0xe9, 0x22]) }
  }

  @Test func `cut anywhere it is no JSON, and read all the same`() throws {
    let text = Array(#"{"a":[1.5e3,true,"x\n\u00e9"],"b":{"c":null}}"#.utf8)
    _ = try JSONParser.parse(text)
    for end in text.indices {
      #expect(throws: JSONParser.Problem.self) { try JSONParser.parse(Array(text[..<end])) }
    }
  }
}
