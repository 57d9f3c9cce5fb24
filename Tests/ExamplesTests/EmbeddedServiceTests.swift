import Dispatch
import Foundation
import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import EmbeddedService

@Suite(.timeLimit(.minutes(5))) struct EmbeddedServiceTests {
  private let folder = TemporaryFolder()
  private let store = ArtifactStore.inMemory()

  private func service(_ options: RunOptions = RunOptions()) throws -> SearchService {
    try folder.write("# Cats\nA cat and a cat.\n## Dogs\nA dog, no other.\n", to: "pets.md")
    try folder.write("Before.\n```\n# no heading\n```\n# Birds\nA bird\n", to: "deep/birds.md")
    return SearchService(
      folder: folder.input, store: store, backend: .dispatch(2), requestOptions: options)
  }

  @Test func `a text is cut at its headings`() throws {
    _ = try service()
    let sections = try readSections(of: InputFile(folder.input + "/deep/birds.md"))
    #expect(sections.map(\.heading) == ["birds.md", "Birds"])
    #expect(sections.map(\.line) == [1, 5])
    #expect(sections.map(\.length) == [3, 3])
    #expect(sections[1].counts == ["birds": 1, "a": 1, "bird": 1])
  }

  @Test func `scores are those of BM25`() throws {
    let index = SearchIndex([
      Section(path: "a", line: 1, heading: "A", counts: ["x": 2, "y": 1], length: 3),
      Section(path: "b", line: 1, heading: "B", counts: ["y": 1], length: 1),
    ])
    let scores = try score(["x", "z"], in: index, context: .testing())
    // ln(1 + 1.5 / 1.5) · 2 · 2.2 / (2 + 1.2 · (0.25 + 0.75 · 3 / 2))
    #expect(abs(scores[0] - log(2) * 4.4 / 3.65) < 1e-12)
    #expect(scores[1] == 0)
    #expect(best(5, of: scores, in: index).map(\.place) == ["a:1"])
    #expect(best(1, of: [1, 1], in: index).map(\.place) == ["a:1"])
    #expect(best(-1, of: [1, 1], in: index) == [])
    let cancelled = TaskContext.testing()
    cancelled.cancellation.cancel()
    #expect(throws: CancellationError.self) { try score(["x"], in: index, context: cancelled) }
  }

  @Test func `only what has changed is read again, also by another service`() async throws {
    let service = try service()
    #expect(await service.answer(Request(id: "0", query: "cat")).hits == [])
    #expect(try await service.reload().executed == 4)
    #expect(try await service.reload().executed == 0)
    #expect(await service.answer(Request(id: "1", query: "horse")).hits == [])

    try folder.write("# Horses\nA horse\n", to: "deep/birds.md")
    let result = try await service.reload()
    #expect(
      Set(result.executedNames)
        == ["listTexts", "readSections[\(folder.input)/deep/birds.md]", "index"])
    let answer = await service.answer(Request(id: "2", query: "Horse?"))
    #expect(answer.hits?.map(\.place) == ["\(folder.input)/deep/birds.md:1"])

    let next = SearchService(folder: folder.input, store: store)
    #expect(try await next.reload().executed == 0)
    #expect(await next.answer(Request(id: "2", query: "Horse?")) == answer)
  }

  @Test func `requests leave nothing in the store`() async throws {
    let service = try service()
    try await service.reload()
    let runs = store.runs().count
    for number in 0..<10 { _ = await service.answer(Request(id: "\(number)", query: "cat")) }
    #expect(store.runs().count == runs)
    #expect(!store.names(matching: "*").contains { $0.name.contains("best") })
  }

  @Test func `many requests at once get what each gets alone`() async throws {
    let service = try service()
    try await service.reload()
    let words = ["cat", "a dog", "bird a", "no", "the", "A cat, a dog and a bird"]
    var alone: [Answer] = []
    for number in 0..<120 {
      alone.append(
        await service.answer(Request(id: "\(number)", query: words[number % words.count])))
    }
    #expect(Set(alone.map { $0.hits?.count }) == [1, 2, 3, 0])
    let together = await withTaskGroup(of: Answer.self) { group in
      for number in 0..<120 {
        group.addTask {
          await service.answer(Request(id: "\(number)", query: words[number % words.count]))
        }
      }
      return await group.reduce(into: [Answer]()) { $0.append($1) }
    }
    #expect(together.sorted { Int($0.id)! < Int($1.id)! } == alone)
  }

  @Test func `a folder that is gone leaves the index as it was`() async throws {
    let service = try service()
    try await service.reload()
    try FileManager.default.removeItem(atPath: folder.input)
    await #expect(throws: PipelineError.self) { try await service.reload() }
    #expect(await service.answer(Request(id: "1", query: "dog")).hits?.count == 1)
  }

  @Test func `a request can be cancelled, and others are not`() async throws {
    let gate = Gate()
    var options = RunOptions()
    options.plugins = [gate]
    let service = try service(options)
    try await service.reload()
    async let answer = service.answer(Request(id: "1", query: "cat"))
    await gate.arrival()
    #expect(
      await service.answer(Request(id: "1", query: "dog")).error
        == "a request with this id is being answered")
    await service.cancel("2")
    await service.cancel("1")
    gate.open()
    #expect(await answer == Answer(id: "1", error: "the request was cancelled"))
    #expect(await service.answer(Request(id: "1", query: "cat")).hits?.count == 1)
  }

  @Test func `a request that takes too long is answered with an error`() async throws {
    let (gate, clock) = (Gate(), ManualClock())
    var options = RunOptions()
    (options.plugins, options.clock) = ([gate], clock)
    let service = try service(options)
    try await service.reload()
    async let answer = service.answer(Request(id: "1", query: "cat"))
    await gate.arrival()
    await clock.sleepers(until: [.seconds(2)])
    clock.advance(by: .seconds(2))
    #expect(await answer == Answer(id: "1", error: "the request took longer than 2.0 seconds"))
    gate.open()
    #expect(await service.answer(Request(id: "1", query: "cat")).hits?.count == 1)
  }

  @Test func `lines are answered with lines, and no line ends the service`() async throws {
    let service = try service()
    try await service.reload()
    try folder.write("# Horses\nA horse\n", to: "deep/horse.md")
    let lines = [
      "horse", "  ", "???", #"{"nonsense": true}"#, "{", #"{"cancel": "9"}"#,
      #"{"id": "r", "reload": true}"#, #"{"id": "h", "query": "horse", "limit": 1}"#,
    ]
    let answers = Mutex<[String]>([])
    await service.serve(
      AsyncStream { stream in
        for line in lines { stream.yield(line) }
        stream.finish()
      }, width: 1
    ) { line in answers.withLock { $0.append(line) } }
    let misunderstood =
      #"not understood; write a text, {\"query\": text}, {\"cancel\": id} or {\"reload\": true}"#
    #expect(
      answers.withLock { $0 } == [
        #"{"hits":[],"id":"1"}"#,
        #"{"error":"the query has no word","id":"3"}"#,
        #"{"error":"\#(misunderstood)","id":"4"}"#,
        #"{"error":"\#(misunderstood)","id":"5"}"#,
        #"{"id":"r","reloaded":3}"#,
        #"{"hits":[{"heading":"Horses","place":"\#(folder.input)/deep/horse.md:1","#
          + #""score":1.544}],"id":"h"}"#,
      ])
  }
}

/// Holds the first request up right before its sections are scored.
private final class Gate: RunPlugin {
  private let isOpen = DispatchSemaphore(value: 0)
  private let isFirst = Atomic(true)
  private let (arrivals, arrived) = AsyncStream<Void>.makeStream()

  func remoteInitialize(_ node: PluginNode, _ context: inout TaskContext) {
    guard node.name == "score", isFirst.exchange(false, ordering: .relaxed) else { return }
    arrived.yield()
    isOpen.wait()
  }

  func arrival() async { for await _ in arrivals { return } }

  func open() { isOpen.signal() }
}
