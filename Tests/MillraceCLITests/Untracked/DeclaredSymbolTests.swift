import Testing

@testable import MillraceCLI

/// What demangled symbols say of declarations.
struct DeclaredSymbolTests {
  @Test(
    arguments: [
      ("App.split(Swift.String) -> [Swift.Substring]", ["split"], ["_"]),
      (
        "App.split(_: Swift.String, by: (Swift.Character, Swift.Int) -> ()) -> ()", ["split"],
        ["_", "by"]
      ),
      ("App.(split in _0123456789ABCDEF)(text: Swift.String) -> ()", ["split"], ["text"]),
      ("static App.Parser.parse<A where A: App.Shape>(A) -> ()", ["Parser", "parse"], ["_"]),
      ("App.(Parser in _01).(parse in _01)() -> ()", ["Parser", "parse"], []),
      (
        "(extension in App):Swift.Array< where A == Swift.Int>.chunked(by: Swift.Int) -> ()",
        ["Array", "chunked"], ["by"]
      ),
      ("(extension in App):App.Parser.parse() -> ()", ["Parser", "parse"], []),
      ("App.Box<A>.map<B>((A) -> B) -> App.Box<B>", ["Box", "map"], ["_"]),
      (
        "App.Row.init(day: Swift.Int, of: [Swift.String : Swift.Int]) -> App.Row", ["Row", "init"],
        ["day", "of"]
      ),
    ] as [(String, [String], [String])])
  func `a function has a path and labels`(_ text: String, _ path: [String], _ labels: [String])
    throws
  {
    let symbol = try #require(DeclaredSymbol(text, in: "App"))
    #expect(symbol.path == path && symbol.kind == .function && symbol.labels == labels)
  }

  @Test(arguments: [
    ("App.limit.unsafeMutableAddressor : Swift.Int", ["limit"]),
    ("static App.Style.width.getter : Swift.Double", ["Style", "width"]),
    ("App.Row.day : Swift.Int", ["Row", "day"]),
    ("static (extension in App):Swift.Int32.missing : Swift.Int32", ["Int32", "missing"]),
  ])
  func `a variable has a path without what is done with it`(_ text: String, _ path: [String])
    throws
  {
    let symbol = try #require(DeclaredSymbol(text, in: "App"))
    #expect(symbol.path == path && symbol.kind == .variable)
  }

  @Test(arguments: [
    "closure #1 () -> () in App.split() -> ()", "nominal type descriptor for App.Row",
    "Swift.Array.append(__owned A) -> ()", "Application.split() -> ()",
    "(extension in Other):App.Row.f() -> ()", "App.Row.init(from: Swift.Decoder) throws -> App.Row",
    "App.Part.init(rawValue: Swift.String) -> App.Part?",
    "static App.Part.allCases.getter : [App.Part]",
    "static App.Row.== infix(App.Row, App.Row) -> ()",
    "App.", "App", "", "App.f<A", "App.(f in _01", "type metadata for App.Row",
  ])
  func `what no author has declared in the module is none`(_ text: String) {
    #expect(DeclaredSymbol(text, in: "App") == nil)
  }
}
