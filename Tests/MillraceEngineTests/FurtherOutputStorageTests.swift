import Millrace
import MillraceTesting
import Testing

@Task private func draw(_ x: Int, context: TaskContext) throws -> Int {
  try context.artifacts.save(Array(repeating: UInt8(x), count: 20_000), as: "plot")
  try context.artifacts.save("\(x)", as: "note")
  return x
}

@Task(cache: .off) private func show(_ x: Int, context: TaskContext) throws -> Int {
  try context.artifacts.save("shown \(x)", as: "words")
  return x
}

@Task private func more(_ x: Int) -> Int { x + 1 }

/// A remote backend whose other process is this one.
private struct Loopback: RemoteBackend {
  private struct Connection: RemoteConnection {
    let worker: RemoteWorker
    func send(_ request: RemoteRequest) async throws -> RemoteAnswer {
      await worker.answer(request)
    }
    func close() {}
  }

  let worker: RemoteWorker
  var name: String { "loopback" }
  var width: Int { 1 }
  func connect() throws -> any RemoteConnection { Connection(worker: worker) }
}

/// What becomes of further outputs in a store that is damaged, cleaned or asked.
@Suite(.timeLimit(.minutes(10))) struct FurtherOutputStorageTests {
  private let options = RunOptions.with { $0.pipeline = "p" }

  private func run(
    _ graph: Graph, on kind: BackendKind = BackendKind.all[0], in store: ArtifactStore
  ) async throws -> RunResult {
    try await graph.run(on: kind.backend, in: store, options: options).get()
  }

  private func graph(_ x: Int = 1) -> Graph {
    Graph { $more($draw(x).named("draw")).named("more") }
  }

  enum Damage: String, CaseIterable { case removed, cut }

  @Test(arguments: BackendKind.all, Damage.allCases)
  func `a hit whose output's bytes are not there is a miss`(
    _ kind: BackendKind, _ damage: Damage
  ) async throws {
    let folder = try TemporaryFolder()
    do {
      let store = try ArtifactStore.open(at: folder.path("store"))
      _ = try await run(graph(), on: kind, in: store)
      try store.close()
    }
    let object = try #require(folder.files().first { $0.contains("/objects/") })
    try folder.remove(object)
    if damage == .cut { try folder.write([1, 2], to: object) }
    let store = try ArtifactStore.open(at: folder.path("store"))
    let again = try await run(graph(), on: kind, in: store)
    #expect(again.executedNames == ["draw"] && again.hitNames == ["more"])
    #expect(try store.read("p/draw::plot", as: [UInt8].self).count == 20_000)
    let third = try await run(graph(), on: kind, in: store)
    #expect(third.hits == 2)
  }

  @Test(arguments: BackendKind.all)
  func `an output is recorded before its node`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    _ = try await run(graph(), on: kind, in: store)
    let node = try #require(store.resolve("p/draw"))
    for name in ["plot", "note"] {
      #expect(try #require(store.resolve("p/draw::\(name)")).time < node.time)
    }
  }

  @Test func `a clean-up leaves hits whole`() async throws {
    let folder = try TemporaryFolder()
    let store = try ArtifactStore.open(at: folder.path("store"))
    for x in [1, 2, 1] { _ = try await run(graph(x), in: store) }
    try store.collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(store.names().count == 4)
    #expect(try await run(graph(1), in: store).hits == 2)
    #expect(try store.read("p/draw::note", as: String.self) == "1")
    #expect(try await run(graph(2), in: store).executedNames.contains("draw"))
    #expect(try store.verify().problems.isEmpty)
  }

  @Test func `a lineage leads from an output to its node and on`() async throws {
    let store = ArtifactStore.inMemory()
    let graph = Graph { $show($draw($more(1).named("more")).named("draw")).named("show") }
    let result = try await run(graph, in: store)
    let binding = try #require(store.resolve("p/draw::plot"))
    let lineage = try store.lineage(of: binding)
    #expect(lineage.nodes.map(\.name) == ["draw::plot", "draw", "more"])
    let inputs = lineage.nodes.flatMap(\.inputs)
    #expect(inputs.map(\.parameter) == ["of", "x"])
    #expect(inputs.map(\.nodes) == [[1], [2]])
    #expect(lineage.nodes[0].result?.artifact == binding.artifact)
    #expect(lineage.run?.id == result.run)
    // That of a node which is not stored itself.
    let shown = try store.lineage(of: try #require(store.resolve("p/show::words")))
    #expect(shown.nodes.map(\.name) == ["show::words", "show", "draw", "more"])
  }

  @Test func `a run's outputs are read as they were`() async throws {
    let store = ArtifactStore.inMemory()
    var runs: [RunID] = []
    for x in [1, 2] {
      let graph = Graph { $show($draw(x).named("draw")).named("show") }
      runs.append(try await run(graph, in: store).run)
    }
    for (number, run) in runs.enumerated() {
      #expect(try store.read("draw::note", as: String.self, in: run) == "\(number + 1)")
      #expect(try store.read("show::words", as: String.self, in: run) == "shown \(number + 1)")
    }
    #expect(throws: PipelineError.self) {
      try store.read("draw::nothing", as: String.self, in: runs[0])
    }
  }

  @Test func `a comparison of a task with itself stores nothing`() async throws {
    let store = ArtifactStore.inMemory()
    _ = try await run(graph(), in: store)
    let checks = try await graph().checkDeterminism(of: "draw", in: store, options: options)
    #expect(checks.map(\.isSame) == [true])
    #expect(store.history(of: "p/draw::plot").count == 1)
  }

  @Test func `outputs come from another process`() async throws {
    let store = ArtifactStore.inMemory()
    let backend = Loopback(worker: RemoteWorker(graph()))
    let result = try await graph().run(on: backend, in: store, options: options).get()
    #expect(result.executed == 2)
    #expect(try store.read("p/draw::plot", as: [UInt8].self) == Array(repeating: 1, count: 20_000))
    #expect(try store.read("p/draw::note", as: String.self) == "1")
  }
}
