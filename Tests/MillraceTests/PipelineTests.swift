import Foundation
import Millrace
import MillraceTesting
import Testing

@Task private func words(_ text: String) -> [String] {
  text.split(separator: " ").map(String.init)
}
@Task private func count(_ words: [String]) -> Int { words.count }

private struct WordCount: Pipeline {
  var text: String
  var isListed = false

  var body: Graph {
    let words = $words(text)
    $count(words).named("count")
    if isListed { words.named("list") }
  }
}

private struct HTTPLogReader2: Pipeline {
  var body: Graph { $count([]) }
}

private struct OwnName: Pipeline {
  static let pipelineName = "my/own"
  var body: Graph { $count(["a"]) }
}

@Suite(.timeLimit(.minutes(10))) struct PipelineTests {
  @Test func `a pipeline runs under its name`() async throws {
    let store = ArtifactStore.inMemory()
    let result = try await WordCount(text: "a b c", isListed: true).run(in: store)
    #expect(result.status == .succeeded)
    #expect(store.names().map(\.name) == ["word-count/count", "word-count/list"])
    #expect(store.runs().map(\.pipeline) == ["word-count"])
    try await OwnName().run(in: store)
    #expect(store.names(matching: "my/*").map(\.name) == ["my/own/count"])
  }

  @Test func `a pipeline's parameters decide its graph`() async throws {
    #expect(WordCount(text: "a").graph().leaves.count == 1)
    #expect(WordCount(text: "a", isListed: true).graph().leaves.count == 2)
    let store = ArtifactStore.inMemory()
    try await WordCount(text: "a b").run(in: store)
    #expect(try await WordCount(text: "a b", isListed: true).run(in: store).executed == 0)
    #expect(try await WordCount(text: "a c").run(in: store).executed == 2)
    let plan = try await WordCount(text: "x y z").plan(in: store)
    #expect(plan.nodes.map(\.state) == [.run, .waiting])
  }

  @Test func `names of types become words with hyphens`() {
    #expect(WordCount.pipelineName == "word-count")
    #expect(HTTPLogReader2.pipelineName == "http-log-reader2")
  }

  @Test func `no pipeline type is needed to embed`() async throws {
    #expect(try await $count($words("a b c d")).value(on: .dispatch(), in: .inMemory()) == 4)
  }
}
