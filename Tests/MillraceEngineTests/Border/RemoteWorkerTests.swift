import Millrace
import MillraceTesting
import Synchronization
import Testing

/// A remote backend whose other process is this one, so that a test sees every request.
private struct Loopback: RemoteBackend {
  final class Connection: RemoteConnection {
    let worker: RemoteWorker
    let requests = Mutex<[RemoteRequest]>([])
    let closings = Atomic<Int>(0)
    /// Stands between the run and the worker.
    let change: @Sendable (inout RemoteRequest) throws -> Void

    init(_ worker: RemoteWorker, change: @escaping @Sendable (inout RemoteRequest) throws -> Void) {
      self.worker = worker
      self.change = change
    }

    func send(_ request: RemoteRequest) async throws -> RemoteAnswer {
      var request = request
      requests.withLock { $0.append(request) }
      try change(&request)
      return await worker.answer(request)
    }

    func close() { closings.add(1, ordering: .relaxed) }
  }

  struct Lost: Error {}

  let connection: Connection
  let openings = Openings()
  var name: String { "loopback" }
  var width = 1

  final class Openings: Sendable { let count = Atomic<Int>(0) }

  init(
    _ recipe: BorderRecipe, plugins: [any RunPlugin] = [],
    change: @escaping @Sendable (inout RemoteRequest) throws -> Void = { _ in }
  ) {
    connection = Connection(RemoteWorker(recipe.graph(on: nil), plugins: plugins), change: change)
  }

  func connect() throws -> any RemoteConnection {
    openings.count.add(1, ordering: .relaxed)
    return connection
  }

  var requests: [RemoteRequest] { connection.requests.withLock { $0 } }

  func run(
    _ recipe: BorderRecipe, plugins: [any RunPlugin] = []
  ) async throws -> (RunResult, [Node<Tracked>]) {
    let leaves = recipe.leaves(on: self)
    let result = try await Graph(leaves: leaves.map(\.erased)).run(
      options: .with {
        $0.keepingValues = leaves.map(\.erased)
        $0.failurePolicy = .keepGoing
        $0.plugins = plugins
      })
    return (result, leaves)
  }
}

extension RemoteRequest {
  fileprivate var made: [UInt64] {
    switch work {
    case .run(let call): [call.value]
    case .put(let values): values.map(\.id)
    case .fetch, .cancel: []
    }
  }
}

/// The requests of a run, and what a worker makes of them.
@Suite(.timeLimit(.minutes(10))) struct RemoteWorkerTests {
  @Test func `values that nobody needs are dropped with the next request`() async throws {
    let recipe = BorderRecipe(.chain)
    let backend = Loopback(recipe)
    let (result, leaves) = try await backend.run(recipe)
    #expect(try result.value(of: leaves[0]).number == 5)
    // `a` is put; then `b`, `c`, `d` and `e` run, each the last reader of the one before.
    let made = backend.requests.map(\.made)
    #expect(made.map(\.count) == [1, 1, 1, 1, 1])
    #expect(backend.requests.map(\.dropping) == [[], [], made[0], made[1], made[2]])
    #expect(Set(made.joined()).count == 5)
  }

  @Test func `a run opens one connection and closes it`() async throws {
    let recipe = BorderRecipe(.fan)
    let backend = Loopback(recipe)
    _ = try await backend.run(recipe).0.get()
    #expect(backend.openings.count.load(ordering: .relaxed) == 1)
    #expect(backend.connection.closings.load(ordering: .relaxed) == 1)
  }

  @Test func `a run with nothing to send opens none`() async throws {
    let recipe = BorderRecipe(.nearAlone)
    let backend = Loopback(recipe)
    _ = try await backend.run(recipe).0.get()
    #expect(backend.openings.count.load(ordering: .relaxed) == 0)
    #expect(backend.connection.closings.load(ordering: .relaxed) == 0)
  }

  @Test func `a plan opens none`() async throws {
    let recipe = BorderRecipe(.fan)
    let backend = Loopback(recipe)
    let plan = try await recipe.graph(on: backend).plan(in: .inMemory())
    #expect(plan.nodes.count == 9)
    #expect(backend.openings.count.load(ordering: .relaxed) == 0)
  }

  @Test func `a value that cannot be had any more fails who reads it`() async throws {
    let recipe = BorderRecipe(.fan)
    let backend = Loopback(recipe) { request in
      if case .fetch = request.work { throw Loopback.Lost() }
    }
    let (result, _) = try await backend.run(recipe)
    #expect(result.status == .failed)
    #expect(result.failures.allSatisfy { $0.code == .remote })
    // The readers of `s`; those of the sides are skipped with them.
    let states = result.reports().map(\.state)
    #expect(states.count { $0 == .failed } == 3 && states.count { $0 == .skipped } == 1)
    #expect(result.executed == 5)
  }

  @Test func `a value that cannot be sent fails who reads it there`() async throws {
    let recipe = BorderRecipe(.gathered)
    let backend = Loopback(recipe) { request in
      if case .put = request.work { throw Loopback.Lost() }
    }
    let (result, _) = try await backend.run(recipe)
    #expect(result.names(.failed) == ["next"] && result.names(.skipped) == ["joined"])
  }

  @Test func `another task at a place is refused`() async throws {
    let recipe = BorderRecipe(.chain)
    let backend = Loopback(recipe) { request in
      guard case .run(var call) = request.work else { return }
      call.fingerprint = Fingerprint(1, 2).description
      request.work = .run(call)
    }
    let (result, _) = try await backend.run(recipe)
    #expect(result.failures.map(\.code) == [.remote])
    #expect(result.failures.first?.message.contains("another task") == true)
  }

  @Test func `plug-ins are called by the worker, which must have those of the run`() async throws {
    let recipe = BorderRecipe(.seeded)
    let calls = Calls()
    func plugin(_ side: String) -> InitializerPlugin {
      InitializerPlugin(remote: { node, context in
        calls.note("\(side) \(node.name)")
        context.seed = .sha256([1])
      })
    }
    let plain = Loopback(recipe)
    let refused = try await plain.run(recipe, plugins: [plugin("near")]).0
    #expect(refused.failures.map(\.code) == [.misuse] && calls.names.isEmpty)
    let backend = Loopback(recipe, plugins: [plugin("far")])
    let (result, leaves) = try await backend.run(recipe, plugins: [plugin("near")])
    #expect(calls.names == ["far drawn"])
    var random = SeededRandom(seed: .sha256([1]))
    let expected = Int.random(in: 0..<1_000_000_000, using: &random)
    #expect(try result.value(of: leaves[0]).number == expected)
  }

  @Test func `a place that is none is refused`() async throws {
    let recipe = BorderRecipe(.chain)
    let backend = Loopback(recipe) { request in
      guard case .run(var call) = request.work else { return }
      call.place = 1000
      request.work = .run(call)
    }
    let (result, _) = try await backend.run(recipe)
    #expect(result.failures.map(\.code) == [.internalFault])
  }

  @Test func `bytes that are no value are an error of coding`() async throws {
    let recipe = BorderRecipe(.thereAndBack)
    let backend = Loopback(recipe) { request in
      guard case .put(var values) = request.work else { return }
      values[0].bytes = [0xFF]
      request.work = .put(values)
    }
    let (result, _) = try await backend.run(recipe)
    #expect(result.failures.map(\.code) == [.coding])
    #expect(result.failures.first?.message.contains("'Tracked'") == true)
  }

  @Test(arguments: [0, 5000])
  func `a width that cannot work is an error before anything runs`(width: Int) async throws {
    let recipe = BorderRecipe(.chain)
    var backend = Loopback(recipe)
    backend.width = width
    let error = await #expect(throws: PipelineError.self) { try await backend.run(recipe) }
    #expect(error?.code == .misuse)
  }
}
