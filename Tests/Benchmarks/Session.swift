import Millrace

/// What a measured run keeps alive: one owner, so that letting go of all of it can be measured.
struct Session<Value: Sendable>: ~Copyable {
  let store: ArtifactStore
  private let graph: Graph
  /// The nodes whose values are asked for.
  private let asked: [Node<Value>]
  private var plan: Plan?
  private(set) var result: RunResult?

  init(store: ArtifactStore, asksForValues: Bool, leaves makeLeaves: () -> [Node<Value>]) {
    var leaves: [Node<Value>] = []
    graph = Graph {
      leaves = makeLeaves()
      leaves
    }
    asked = asksForValues ? leaves : []
    self.store = store
  }

  mutating func plan(on backend: any Backend, options: RunOptions) async throws {
    var options = options
    options.describesPlan = false
    options.keepingValues = asked.map { $0.erased }
    plan = try await graph.plan(on: backend, in: store, options: options)
  }

  /// Runs what was planned.
  ///
  /// - Returns: The values that were asked for.
  mutating func run() async throws -> [Value] {
    guard let result = try await plan?.run().get() else { return [] }
    self.result = result
    return try asked.map { try result.value(of: $0) }
  }

  /// Lets go of everything: graph, plan, result, and the store, which is closed by that.
  @inline(never)
  consuming func end() {}
}
