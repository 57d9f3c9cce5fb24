import Millrace
import MillraceTesting
import Testing

@Task private struct Train {
  var rows: [Int]
  @Artifact var metrics: [String: Int]
  @Artifact var plot: [UInt8]?
  @Artifact var note = "none"
  mutating func run() throws -> Int {
    metrics = ["rows": rows.count]
    if rows.count > 1 { plot = rows.map { UInt8($0) } }
    if rows.count > 2 { note = "many" }
    if rows.isEmpty { throw NoRows() }
    return rows.reduce(0, +)
  }
}

@Task private struct Forgetful {
  @Artifact var plot: String
  mutating func run() -> Int { 1 }
}

@Task(retry: .times(3)) private func flaky(_ x: Int, context: TaskContext) throws -> Int {
  try context.artifacts.save("attempt \(context.attempt)", as: "log")
  if context.attempt < x { throw NoRows() }
  return x
}

@Task private func fails(context: TaskContext) throws -> Int {
  try context.artifacts.save(1, as: "number")
  throw NoRows()
}

@Task private func twice(_ x: Int, context: TaskContext) throws -> Int {
  try context.artifacts.save(1, as: "number")
  try context.artifacts.save(2, as: "number")
  return x
}

@Task private func waits(_ x: Int, context: TaskContext) async throws -> Int {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for number in 0..<8 {
      group.addTask { try context.artifacts.save(number + x, as: "part \(number)") }
    }
    try await group.waitForAll()
  }
  return x
}

@Task private func tell(_ x: Int, context: TaskContext) throws {
  try context.artifacts.save("told \(x)", as: "words")
}

@Task private func next(_ x: Int) -> Int { x + 1 }

private struct NoRows: Error {}

/// What a task gives besides its value is stored, named and found with the node.
@Suite(.timeLimit(.minutes(10))) struct FurtherOutputTests {
  /// The names in a store without the pipeline's, and the numbers that some stand for.
  private func names(_ store: ArtifactStore) -> [String] {
    store.names().map { String($0.name.drop { $0 != "/" }.dropFirst()) }
  }

  @Test(arguments: BackendKind.all)
  func `assigned properties are stored under the node's name`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let node = $Train(rows: [1, 2, 3]).named("train")
    let options = RunOptions.with { $0.pipeline = "p" }
    let graph = Graph { $next(node).named("next") }
    let first = try await graph.run(on: kind.backend, in: store, options: options).get()
    #expect(first.executed == 2)
    let all = ["next", "train", "train::metrics", "train::note", "train::plot"]
    #expect(names(store) == all)
    #expect(try store.read("p/train", as: Int.self) == 6)
    #expect(try store.read("p/train::metrics") == ["rows": 3])
    #expect(try store.read("p/train::plot", as: [UInt8].self) == [1, 2, 3])
    #expect(try store.read("p/train::note", as: String.self) == "many")
    #expect(store.resolve("p/train::plot")?.codec == "bytes/1")

    let second = try await graph.run(on: kind.backend, in: store, options: options).get()
    #expect(second.hits == 2 && second.executed == 0)
    #expect(store.runs().count == 1)
  }

  @Test(arguments: BackendKind.all)
  func `what is not assigned is left out, or an error`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    _ = try await $Train(rows: [1]).value(on: kind.backend, in: store)
    #expect(names(store) == ["Train", "Train::metrics", "Train::note"])
    let error = await #expect(throws: PipelineError.self) {
      try await $Forgetful().value(on: kind.backend, in: store)
    }
    #expect(error?.code == .misuse && error?.message.contains("'plot'") == true)
    #expect(store.names(matching: "*Forgetful*").isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `a failed attempt leaves nothing behind`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    _ = try await $flaky(3).value(on: kind.backend, in: store)
    #expect(try store.read("graph/flaky::log", as: String.self) == "attempt 3")
    #expect(store.history(of: "graph/flaky::log").count == 1)
    await #expect(throws: PipelineError.self) {
      try await $fails().value(on: kind.backend, in: store)
    }
    #expect(names(store) == ["flaky", "flaky::log"])
  }

  @Test(arguments: BackendKind.all)
  func `a name is saved once in an attempt`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let error = await #expect(throws: PipelineError.self) {
      try await $twice(1).value(on: kind.backend, in: store)
    }
    #expect(error?.message.contains("has saved an artifact 'number' before") == true)
    #expect(names(store).isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `several tasks of a body may save at once`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.pipeline = "p" }
    let node = $waits(10).named("waits")
    _ = try await node.value(on: kind.backend, in: store, options: options)
    #expect(store.names(matching: "p/waits::*").count == 8)
    for number in 0..<8 {
      #expect(try store.read("p/waits::part \(number)", as: Int.self) == 10 + number)
    }
  }

  @Test(arguments: BackendKind.all)
  func `a hit restores the names`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.pipeline = "p" }
    for rows in [[1, 2], [3, 4], [1, 2]] {
      let node = $Train(rows: rows).named("train")
      _ = try await node.value(on: kind.backend, in: store, options: options)
      #expect(try store.read("p/train::plot", as: [UInt8].self) == rows.map { UInt8($0) })
    }
    #expect(store.runs().last?.counts?.hits == 1)
    let other = $Train(rows: [1, 2]).named("other")
    let result = try await Graph(leaves: [other.erased]).run(
      on: kind.backend, in: store, options: options)
    #expect(result.hits == 1)
    #expect(try store.read("p/other::plot", as: [UInt8].self) == [1, 2])
    #expect(try store.read("other::plot", as: [UInt8].self, in: result.run) == [1, 2])
  }

  @Test(arguments: BackendKind.all)
  func `nodes of one key have the same outputs`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.pipeline = "p" }
    let result = try await Graph {
      $Train(rows: [1, 2]).named("a")
      $Train(rows: [1, 2]).named("b")
    }.run(on: kind.backend, in: store, options: options).get()
    #expect(result.executed == 1)
    for name in ["a", "b"] {
      #expect(try store.read("p/\(name)::plot", as: [UInt8].self) == [1, 2])
    }
  }

  @Test(arguments: BackendKind.all)
  func `a hit whose output is gone is a miss`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.pipeline = "p" }
    let node = $Train(rows: [1, 2]).named("train")
    let graph = Graph { $next(node).named("next") }
    _ = try await graph.run(on: kind.backend, in: store, options: options).get()
    try store.invalidate(name: "p/train::plot", reason: "a test")
    let plan = try await graph.plan(on: kind.backend, in: store, options: options)
    #expect(plan.nodes.first { $0.name == "train" }?.reason == .invalidated("a test"))
    let again = try await graph.run(on: kind.backend, in: store, options: options).get()
    #expect(again.executed == 1 && again.hits == 1)
    #expect(try store.read("p/train::plot", as: [UInt8].self) == [1, 2])
  }

  @Test(arguments: BackendKind.all)
  func `what is not stored itself has outputs whenever it runs`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.pipeline = "p" }
    for number in [1, 2, 2, 1] {
      let graph = Graph {
        $tell($Train(rows: [number]).cache(.transient)).named("tell")
        $tell(number).named("again")
      }
      _ = try await graph.run(on: kind.backend, in: store, options: options).get()
      #expect(try store.read("p/tell::words", as: String.self) == "told \(number)")
      #expect(try store.read("p/again::words", as: String.self) == "told \(number)")
      #expect(try store.read("p/Train::metrics") == ["rows": 1])
    }
    // Bytes that are there are only named again, and not even that if the name stands for them.
    #expect(store.history(of: "p/tell::words").count == 3)
    #expect(store.history(of: "p/Train::metrics").count == 1)
    #expect(store.conflicts().isEmpty)
    #expect(store.resolve("p/tell") == nil)
  }

  @Test(arguments: BackendKind.all, [3, 400])
  func `elements have outputs of their own`(_ kind: BackendKind, count: Int) async throws {
    let store = ArtifactStore.inMemory()
    let options = RunOptions.with { $0.pipeline = "p" }
    let graph = Graph { ForEach(Constant(Array(0..<count))) { $tell($0) } }
    _ = try await graph.run(on: kind.backend, in: store, options: options).get()
    let names = store.names(matching: "p/tell*::words")
    #expect(names.count == count)
    let words = try names.map { try store.read($0.name, as: String.self) }
    #expect(Set(words) == Set((0..<count).map { "told \($0)" }))
  }

  @Test func `no node has the name of an output`() async {
    let node = $next(1).named("a::b")
    let error = await #expect(throws: PipelineError.self) { try await node.value() }
    #expect(error?.code == .misuse && error?.message.contains("'::'") == true)
  }

  @Test(arguments: ["", "a/b", "a:b", "a[b]", "a\nb"])
  func `some names are refused`(_ name: String) {
    let context = TaskContext.testing()
    let error = #expect(throws: PipelineError.self) { try context.artifacts.save(1, as: name) }
    #expect(error?.code == .misuse)
  }

  @Test func `a test reads what a task saved or assigned`() async throws {
    let context = TaskContext.testing(attempt: 2)
    #expect(try flaky(2, context: context) == 2)
    #expect(context.artifacts.names == ["log"])
    #expect(try context.artifacts.read("log", as: String.self) == "attempt 2")
    #expect(throws: PipelineError.self) { try context.artifacts.read("log", as: Int.self) }
    #expect(throws: PipelineError.self) { try context.artifacts.read("plot", as: Int.self) }
    var train = Train(rows: [1, 2])
    #expect(train.plot == nil && train.note == "none")
    #expect(try train.run() == 3)
    #expect(train.plot == [1, 2] && train.metrics == ["rows": 2])
  }
}
