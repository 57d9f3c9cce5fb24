import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@testable import MillraceCLI

/// All that a picture has a form for.
private struct Everything: PipelineCommand {
  static var pipelineName: String { "every & thing" }

  var body: Graph {
    let count = $square(2).named("a \"quoted\" <name> & more").tagged("first")
    let list = ForEach($numbers(count)) { $square($square($0)) }
    let sum = Reduce(list, into: 0) { $plus($0, $1) }
    let grown = Repeat(from: $square(1), limit: 3, until: { $isLarge($0) }) { $square($0) }
    Block(on: .dispatch(2)) { $total([sum, grown]).named("both") }
      .after($square(9).named("before"))
    When($isLarge(sum)) {
      $square(sum)
    } otherwise: {
      sum
    }
  }
}

@Task private func plus(_ first: Int, _ second: Int) -> Int { first + second }
@Task private func isLarge(_ number: Int) -> Bool { number > 10 }

struct GraphCommandTests {
  @Test func `Mermaid has tasks, what goes between them, and frames around what is copied`() async {
    let printed = await run(Squares.self, ["graph"])
    #expect(
      printed.lines == [
        "flowchart LR", #"  n0["numbers"]"#, #"  n2["total"]"#, #"  n3["report"]"#,
        #"  n4["bytes"]"#, #"  subgraph r0["for each element"]"#, #"    n1["square"]"#, "  end",
        #"  n0 -->|"number"| n1"#, #"  n1 -->|"numbers"| n2"#, #"  n2 -->|"number"| n3"#,
        #"  n2 -->|"number"| n4"#,
      ])
  }

  @Test(arguments: ["graph", "list"])
  func `the options of other verbs that name a store are taken, and no store is made`(
    verb: String
  ) async throws {
    let folder = try TemporaryFolder()
    let printed = await run(Squares.self, [verb, "--store", folder.store])
    let plain = await run(Squares.self, [verb])
    #expect(printed.status == 0 && printed.lines == plain.lines)
    #expect(!FileManager.default.fileExists(atPath: folder.store))
  }

  @Test func `Graphviz has the same`() async {
    let printed = await run(Squares.self, ["graph", "--format", "dot", "--count", "9"])
    #expect(printed.lines.first == "digraph {" && printed.lines.last == "}")
    #expect(printed.lines.contains(#"    n1 [label="square"]"#))
    #expect(printed.lines.contains(#"  n1 -> n2 [label="numbers"]"#))
    #expect(
      printed.lines.contains(#"  subgraph cluster0 { label="for each element" style=dashed"#))
  }

  @Test func `JSON has places, tags, backends and regions`() async throws {
    let printed = await run(Everything.self, ["graph", "--format", "json"])
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(printed.output.utf8)) as? [String: Any])
    let nodes = try #require(object["nodes"] as? [[String: Any]])
    let names = nodes.map { $0["name"] as? String ?? "" }
    let both = try #require(nodes.first { $0["name"] as? String == "both" })
    #expect(both["backend"] as? String == "dispatch:2" && both["leaf"] as? Bool == true)
    #expect((both["file"] as? String)?.hasSuffix("Pipelines.swift") == true)
    #expect(nodes[0]["tags"] as? [String] == ["first"])
    #expect(nodes.contains { $0["kind"] as? String == "when" })
    let kinds = (object["regions"] as? [[String: Any]])?.map { $0["kind"] as? String }
    #expect(kinds == ["forEach", "reduce", "repeat"])
    // An order has no parameter.
    let edges = try #require(object["edges"] as? [[String: Any]])
    let order = try #require(edges.first { $0["parameter"] == nil })
    #expect(names[try #require(order["source"] as? Int)] == "before")
    #expect(names[try #require(order["target"] as? Int)] == "both")
  }

  @Test func `what a fold and rounds take comes from who makes it`() async throws {
    let outline = GraphOutline(Everything().graph())
    func edges(to name: String) -> Set<String> {
      Set(
        outline.edges.filter { outline.nodes[$0.target].name.hasPrefix(name) }
          .map { "\(outline.nodes[$0.source].name.prefix { $0 != "#" }) \($0.label)" })
    }
    #expect(edges(to: "plus") == ["square second"])
    #expect(edges(to: "both") == ["plus numbers", "square numbers", "before "])
    #expect(edges(to: "when") == ["isLarge condition", "square then", "plus otherwise"])
  }

  @Test(arguments: [0, 1])
  func `SVG is well-formed, whatever names are`(which: Int) async throws {
    let printed =
      which == 0
      ? await run(Squares.self, ["graph", "--format", "svg"])
      : await run(Everything.self, ["graph", "--format", "svg"])
    #expect(printed.status == 0)
    let parser = XMLParser(data: Data(printed.output.utf8))
    let reader = Reader()
    parser.delegate = reader
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    let texts = reader.texts
    #expect(texts.contains(which == 0 ? "numbers" : "a \"quoted\" <name> & more"))
    #expect(texts.count == (which == 0 ? 5 : 13))
    #expect(reader.title == (which == 0 ? "squares" : "every & thing"))
  }

  private final class Reader: NSObject, XMLParserDelegate {
    var texts: [String] = []
    var title: String?
    private var current = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String] = [:]
    ) {
      current = ""
    }
    func parser(_ parser: XMLParser, foundCharacters string: String) { current += string }
    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      if name == "text" { texts.append(current) }
      if name == "title" { title = title ?? current }
    }
  }

  @Test func `a format that does not exist is a usage error that names those that do`() async {
    let printed = await run(Squares.self, ["graph", "--format", "png"])
    #expect(printed.status == 64)
    #expect(printed.errors.contains("'mermaid', 'dot', 'svg'"))
  }
}

struct ListCommandTests {
  @Test func `nodes and tasks have a line each, with tags and places`() async {
    let printed = await run(Everything.self, ["list"])
    #expect(printed.lines.contains("both                      total, on dispatch:2"))
    #expect(printed.lines.contains("a \"quoted\" <name> & more  square, tag:first"))
    let place = printed.lines.first { $0.hasPrefix("square(_:)") }
    #expect(place?.contains("MillraceCLITests/Pipelines.swift:8, code ") == true)
    #expect(printed.lines.last?.hasSuffix(" of 5 tasks") == true)
  }

  @Test func `JSON has a line for each, and one that counts them`() async throws {
    let printed = await run(Squares.self, ["list", "--json"])
    let events = try printed.lines.map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
    let nodes = events.filter { $0["event"] as? String == "node" }
    #expect(nodes.count == 5)
    #expect(events.first { $0["name"] as? String == "square" }?["copied"] as? Bool == true)
    #expect(printed.lines.last == #"{"event":"list","nodes":5,"tasks":5}"#)
  }
}
