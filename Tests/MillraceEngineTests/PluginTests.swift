import Millrace
import MillraceTesting
import Synchronization
import Testing

@Task(randomness: true) private func draw() -> UInt64 { 0 }

/// What plug-ins are called with, and when.
@Suite(.timeLimit(.minutes(10))) struct PluginTests {
  private struct Refused: Error {}

  /// Notes its calls, and the attempt that remote ones are for.
  private func noting(_ calls: Calls, as prefix: String = "") -> InitializerPlugin {
    InitializerPlugin(
      local: { calls.note("\(prefix)local \($0.name)") },
      remote: { calls.note("\(prefix)remote \($0.name) \($1.attempt)") })
  }

  @Test(arguments: BackendKind.all)
  func `every task is initialised here in order, then each body where it runs`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    let a = node("a", calls: calls)
    let b = node("b", [a], calls: calls)
    let plugin = noting(calls)
    let graph = Graph { asyncNode("c", [b], calls: calls) { inputs, _ in inputs[0] } }
    let store = ArtifactStore.inMemory()
    try await graph.run(on: kind.backend, in: store, options: .with { $0.plugins = [plugin] })
    let locals = ["local a", "local b", "local c"]
    #expect(
      calls.take() == locals + ["remote a 1", "a", "remote b 1", "b", "remote c 1", "c"])
    // Hits are told of, and run no body.
    try await graph.run(on: kind.backend, in: store, options: .with { $0.plugins = [plugin] })
    #expect(calls.names == locals)
  }

  @Test func `a plan alone calls no plug-in`() async throws {
    let calls = Calls()
    let options = RunOptions.with { $0.plugins = [noting(calls)] }
    let plan = try await Graph { node("a") }.plan(in: .inMemory(), options: options)
    #expect(calls.take().isEmpty)
    _ = try await plan.run()
    #expect(calls.take() == ["local a", "remote a 1"])
  }

  @Test(arguments: BackendKind.all)
  func `nodes of a ForEach are told of once here and for each copy there`(
    kind: BackendKind
  ) async throws {
    let calls = Calls()
    let list = ForEach([1, 2], naming: { "\($0)" }) { node("each", [$0]).tagged("t") }
    let graph = Graph { list }
    try await graph.run(on: kind.backend, options: .with { $0.plugins = [noting(calls)] })
    #expect(calls.names.first == "local each")
    #expect(calls.names.dropFirst().sorted() == ["remote each[1] 1", "remote each[2] 1"])
  }

  @Test(arguments: BackendKind.all, [nil, TimeoutPolicy.perAttempt(.seconds(3600))])
  func `plug-ins are called for a graph that nothing else watches`(
    kind: BackendKind, timeout: TimeoutPolicy?
  ) async throws {
    let calls = Calls()
    let attributes = TaskAttributes(cache: .off, timeout: timeout ?? .none)
    let top = node("b", [node("a", [], attributes)], attributes)
    let options = RunOptions.with {
      $0.plugins = [noting(calls)]
      $0.describesPlan = false
    }
    try await Graph { top }.run(on: kind.backend, options: options)
    #expect(calls.names == ["local a", "local b", "remote a 1", "remote b 1"])
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `the body receives the context that plug-ins made, in each attempt`(
    kind: BackendKind, isAsync: Bool
  ) async throws {
    let seen = Mutex<[String?]>([])
    let body: @Sendable ([Int], TaskContext) throws -> Int = { _, context in
      seen.withLock { $0.append(context.environment["MODE"]) }
      if context.attempt < 2 { throw Refused() }
      return 7
    }
    let attributes = TaskAttributes(retry: .times(1))
    let top =
      isAsync
      ? asyncNode("a", [], attributes) { try body($0, $1) } : node("a", [], attributes, body: body)
    let plugins: [any RunPlugin] = [
      InitializerPlugin(remote: { _, context in context.environment["MODE"] = "first" }),
      InitializerPlugin(remote: { node, context in
        context.environment["MODE"]? += " \(node.name) \(context.attempt)"
      }),
    ]
    let options = RunOptions.with { $0.plugins = plugins }
    #expect(try await top.value(on: kind.backend, options: options) == 7)
    #expect(seen.withLock { $0 } == ["first a 1", "first a 2"])
  }

  @Test(arguments: BackendKind.all)
  func `a remote initialiser that throws fails the attempt`(kind: BackendKind) async throws {
    let calls = Calls()
    let plugin = InitializerPlugin(remote: { _, context in
      calls.note("remote \(context.attempt)")
      if context.attempt == 1 { throw Refused() }
    })
    let options = RunOptions.with { $0.plugins = [plugin] }
    let once = try await Graph { node("a", calls: calls) }.run(on: kind.backend, options: options)
    #expect(once.failures.first?.cause is Refused)
    #expect(once.failures.first?.node == "a")
    #expect(calls.take() == ["remote 1"])
    let patient = Graph { node("a", calls: calls).retry(.times(1)) }
    #expect(try await patient.run(on: kind.backend, options: options).status == .succeeded)
    #expect(calls.take() == ["remote 1", "remote 2", "a"])
  }

  @Test func `a local initialiser that throws ends the run before it begins`() async throws {
    let calls = Calls()
    let plugin = InitializerPlugin(local: { node in
      calls.note(node.name)
      if node.tags == ["gpu", "late"] { throw Refused() }
    })
    let graph = Graph {
      node("a", calls: calls)
      node("b", [], TaskAttributes(tags: ["gpu"])).tagged("late")
      node("c")
    }
    await #expect(throws: Refused.self) {
      try await graph.run(options: .with { $0.plugins = [plugin] })
    }
    #expect(calls.names == ["a", "b"])
  }

  @Test func `a collection calls its plug-ins in their order, up to one that throws`()
    async throws
  {
    let calls = Calls()
    let collection = PluginCollection([
      noting(calls, as: "1 "), PluginCollection([noting(calls, as: "2 ")]),
      InitializerPlugin(remote: { _, _ in throw Refused() }), noting(calls, as: "3 "),
    ])
    let options = RunOptions.with { $0.plugins = [collection] }
    _ = try await Graph { node("a", calls: calls) }.run(options: options)
    #expect(
      calls.names == ["1 local a", "2 local a", "3 local a", "1 remote a 1", "2 remote a 1"])
  }

  @Test(arguments: BackendKind.all)
  func `each task has a seed of its own from the run's seed and its key`(
    kind: BackendKind
  ) async throws {
    let random = TaskAttributes(randomness: true)
    let seen = Mutex<[String: Digest]>([:])
    @Sendable func note(_ inputs: [Int], _ context: TaskContext) -> Int {
      seen.withLock { $0[context.node] = context.seed }
      return 0
    }
    let graph = Graph {
      node("a", [], random, body: note)
      node("b", [], random, body: note)
      node("plain", body: note)
    }
    func seeds(_ change: (inout RunOptions) -> Void) async throws -> [String: Digest] {
      try await graph.run(on: kind.backend, options: .with(change))
      return seen.withLock { $0 }
    }
    let one = try await seeds { $0.plugins = [RandomStatePlugin(seed: 1)] }
    let two = try await seeds { $0.plugins = [RandomStatePlugin(seed: 2)] }
    #expect(Set(one.values).count == 3)
    #expect(one["a"] != two["a"] && one["b"] != two["b"])
    #expect(one["plain"] == two["plain"])
    // The plug-in stands above the option, and the last of several above the others.
    #expect(try await seeds { $0.seed = 1 } == one)
    let several = try await seeds { options in
      options.seed = 7
      options.plugins = [
        RandomStatePlugin(seed: 1),
        PluginCollection([RandomStatePlugin(seed: 2), InitializerPlugin()]),
      ]
    }
    #expect(several == two)
  }

  @Test func `keys of tasks with randomness follow the plug-in's seed`() async throws {
    let store = ArtifactStore.inMemory()
    let graph = Graph {
      $draw()
      node("plain")
    }
    func hits(_ seed: UInt64) async throws -> [String] {
      let options = RunOptions.with { $0.plugins = [RandomStatePlugin(seed: seed)] }
      return try await graph.run(in: store, options: options).hitNames
    }
    #expect(try await hits(1) == [])
    #expect(try await hits(2) == ["plain"])
    #expect(try await hits(1) == ["draw", "plain"])
  }
}
