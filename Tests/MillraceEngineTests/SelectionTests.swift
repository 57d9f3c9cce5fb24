import Millrace
import Testing

@Suite struct SelectionTests {
  /// raw → clean → train → report, with checks of clean and a note that needs nothing.
  private let graph: Graph

  init() {
    let raw = node("raw")
    let clean = node("clean", [raw])
    let train = node("train", [clean]).tagged("slow")
    graph = Graph {
      node("report", [train]).exported(as: "report.txt")
      node("checks", [clean])
      node("note")
    }
  }

  private func names(_ graph: Graph) -> Set<String> { Set(graph.traversal().map(\.name)) }

  @Test(arguments: [
    (["train"], ["raw", "clean", "train"]), (["tag:slow"], ["raw", "clean", "train"]),
    (["checks", "note"], ["raw", "clean", "checks", "note"]), (["n*"], ["note"]),
    (["*"], ["raw", "clean", "train", "report", "checks", "note"]),
  ])
  func `only asks for what matches and what that needs`(
    patterns: [String], left: [String]
  ) throws {
    #expect(try names(graph.only(patterns)) == Set(left))
  }

  @Test(arguments: [
    (["train"], ["raw", "clean", "train", "checks", "note"]),
    (["clean"], ["raw", "clean", "note"]),
    (["report"], ["raw", "clean", "train", "report", "checks", "note"]),
    (["train", "clean"], ["raw", "clean", "train", "note"]),
  ])
  func `until leaves out what comes after, and asks for other leaves`(
    patterns: [String], left: [String]
  ) throws {
    #expect(try names(graph.until(patterns)) == Set(left))
  }

  @Test func `what is only ordered behind a match comes after it too`() throws {
    let first = node("first")
    let graph = Graph { node("second").after(first) }
    #expect(try names(graph.until("first")) == ["first"])
  }

  @Test func `modifiers hold in the part too`() throws {
    let report = try #require(graph.only("report").traversal().last)
    #expect(report.attributes.exports == ["report.txt"])
    let train = try #require(graph.only("train").traversal().last)
    #expect(train.attributes.tags == ["slow"])
  }

  @Test func `nodes keep the names that tell them apart in the whole graph`() throws {
    let twins = Graph {
      node("last", [node("same", [node("one")])])
      node("same", [node("two")])
    }
    let all = twins.traversal().map(\.name)
    let suffixed = all.filter { $0.hasPrefix("same#") }
    #expect(suffixed.count == 2)
    for name in suffixed {
      #expect(try twins.only(name).traversal().last?.name == name)
    }
    #expect(try twins.only("last").traversal().map(\.name).allSatisfy(all.contains))
  }

  @Test func `a match inside of a ForEach asks for all of it`() throws {
    let list = ForEach([1, 2]) { _ in node("inner") }
    let graph = Graph {
      list
      node("other")
    }
    #expect(try graph.only("inner").leaves.count == 1)
    #expect(try !names(graph.only("inner")).contains("other"))
  }

  @Test func `a pattern without a match is an error with the nearest names`() {
    let only = #expect(throws: PipelineError.self) { try graph.only("train", "chekcs") }
    #expect(only?.message == "No task's node matches 'chekcs'; did you mean 'checks'?")
    let until = #expect(throws: PipelineError.self) { try graph.until("zzz") }
    #expect(until?.code == .unknownNode)
  }
}
