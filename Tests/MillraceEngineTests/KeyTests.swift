import Foundation
import Millrace
import MillraceTesting
import Testing

@testable import MillraceEngine
@testable import MillraceGraph

/// What a key is made of, and what it is not.
@Suite(.timeLimit(.minutes(10))) struct KeyTests {
  /// The keys of a graph's tasks, made by running it.
  private func keys(_ graph: Graph, _ options: RunOptions = RunOptions()) async throws -> [Key] {
    let store = ArtifactStore.inMemory()
    try await graph.run(in: store, options: options)
    return store.names().map(\.key)
  }

  private func key(_ node: Node<Int>, _ options: RunOptions = RunOptions()) async throws -> Key {
    try #require(try await keys(Graph { node }, options).first)
  }

  /// A task with one constant, all of which a test chooses.
  private func constant<Value: Encodable & Sendable>(
    _ value: Value, label: String = "value", type: String = "Value", path: String = "task",
    file: String = "App/Tasks.swift", isPrivate: Bool = false, output: String = "Int",
    fingerprint: Fingerprint = Fingerprint(1, 2), _ attributes: TaskAttributes = TaskAttributes()
  ) -> Node<Int> {
    let definition = TaskDefinition(
      __id: TaskID(fileID: file, path: path, parameterTypes: [type], isPrivate: isPrivate),
      attributes: attributes, fingerprint: fingerprint, usedNames: [], line: 0,
      parameters: [.__parameter(label, Value.self, type)], output: .__stored(Int.self, output),
      sync: { _ in 1 })
    _ = Unmanaged.passRetained(definition)
    return definition.__call { $0.bind(Constant(value)) }
  }

  @Test func `the same call has the same key in every graph and run`() async throws {
    let key = try await key(constant(7))
    #expect(try await self.key(constant(7)) == key)
    #expect(try await self.key(constant(7).named("other").retry(.times(3)).tagged("x")) == key)
    #expect(try await self.key(constant(7).on(.dispatch(2))) == key)
    #expect(try await self.key(constant(7, TaskAttributes(retry: .times(2), tags: ["t"]))) == key)
    #expect(try await self.key(constant(7, file: "App/Moved.swift")) == key)
    #expect(try await self.key(constant(7), .with { $0.seed = 9 }) == key)
  }

  @Test func `each part of a key makes another key`() async throws {
    let nodes: [Node<Int>] = [
      constant(7), constant(8), constant("7"), constant(7.5), constant([7]),
      constant(7, label: "other"), constant(7, type: "Other"), constant(7, path: "other"),
      constant(7, file: "Module/Tasks.swift"), constant(7, isPrivate: true),
      constant(7, file: "App/Other.swift", isPrivate: true), constant(7, output: "Other"),
      constant(7, fingerprint: Fingerprint(1, 3)), constant(7, fingerprint: Fingerprint(2, 2)),
      constant(7, TaskAttributes(version: 2)),
      constant(7, TaskAttributes(randomness: true)),
      constant(7, TaskAttributes(environment: ["A"])),
      constant(7, TaskAttributes(environment: ["B"])),
      constant(7, TaskAttributes(ignoring: ["value"])),
    ]
    var keys: Set<Key> = []
    for node in nodes { keys.insert(try await key(node)) }
    #expect(keys.count == nodes.count)
  }

  @Test func `an ignored parameter is no part of the key`() async throws {
    let ignoring = TaskAttributes(ignoring: ["value"])
    #expect(try await key(constant(7, ignoring)) == key(constant(8, ignoring)))
  }

  @Test func `an ignored input may come from any node`() async throws {
    let calls = Calls()
    let store = ArtifactStore.inMemory()
    func run(_ verbosity: Int) async throws -> Int {
      let ignored = node("v\(verbosity)", [], TaskAttributes(cache: .off), calls: calls)
      return try await node("n", [ignored], TaskAttributes(ignoring: ["p0"]), calls: calls)
        .value(in: store)
    }
    #expect(try await run(1) == 2)
    #expect(try await run(2) == 2)
    #expect(calls.names == ["v1", "n"])
  }

  /// Swift has two parameters of one label, and definitions made by hand have any.
  @Test(arguments: [
    (["a", "a"], ["a", "a#1"]), (["a", "b", "a"], ["a", "a#2", "b"]),
    (["a", "a#2", "a"], ["a", "a#2", "a#2#2"]), (["a", "a", "a#1"], ["a", "a#1", "a#1#2"]),
  ])
  func `each parameter has a part of its own, whatever the labels`(
    labels: [String], parts: [String]
  ) async throws {
    let definition = TaskDefinition(
      __id: TaskID(fileID: "App/Tasks.swift", path: "task"), attributes: TaskAttributes(),
      fingerprint: .none, usedNames: [], line: 0,
      parameters: labels.map { .__parameter($0, Int.self, "Int") },
      output: .__stored(Int.self, "Int"), sync: { _ in 1 })
    _ = Unmanaged.passRetained(definition)
    let node: Node<Int> = definition.__call { cells in
      for value in labels.indices { cells.bind(Constant(value)) }
    }
    let store = ArtifactStore.inMemory()
    try await Graph { node }.run(in: store)
    let key = try #require(store.names().first?.key)
    let names = try #require(store.find(key)).parts.names.filter { $0.hasPrefix("input:") }
    #expect(names.sorted() == parts.map { "input:\($0)" })
  }

  @Test func `the seed counts where randomness is declared`() async throws {
    let random = constant(7, TaskAttributes(randomness: true))
    let one = try await key(random, .with { $0.seed = 1 })
    #expect(try await key(random, .with { $0.seed = 1 }) == one)
    #expect(try await key(random, .with { $0.seed = 2 }) != one)
  }

  @Test func `random numbers follow the key, and the seed where that is declared`() async throws {
    func drawn(_ isRandom: Bool, _ start: Int, seed: UInt64) async throws -> Int {
      let source = node("s") { _, _ in start }
      let attributes = TaskAttributes(randomness: isRandom)
      let value = node("r", [source], attributes) { _, context in
        var random = context.random
        return Int(truncatingIfNeeded: random.next())
      }
      return try await value.value(options: .with { $0.seed = seed })
    }
    #expect(try await drawn(false, 1, seed: 1) == drawn(false, 1, seed: 2))
    #expect(try await drawn(false, 1, seed: 1) != drawn(false, 2, seed: 1))
    #expect(try await drawn(true, 1, seed: 1) == drawn(true, 1, seed: 1))
    #expect(try await drawn(true, 1, seed: 1) != drawn(true, 1, seed: 2))
  }

  @Test func `declared variables count, set or not, and others do not`() async throws {
    let node = constant(7, TaskAttributes(environment: ["MODE"]))
    func key(_ variables: [String: String]) async throws -> Key {
      try await self.key(node, .with { $0.environment = { variables[$0] } })
    }
    let unset = try await key([:])
    #expect(try await key(["OTHER": "x"]) == unset)
    #expect(try await key(["MODE": ""]) != unset)
    #expect(try await key(["MODE": "unset"]) != unset)
    #expect(try await key(["MODE": "fast"]) != key(["MODE": "slow"]))
    #expect(try await key(["MODE": "fast", "OTHER": "x"]) == key(["MODE": "fast"]))
  }

  @Test func `a body sees the variables that it declares and no others`() async throws {
    let value = node("n", [], TaskAttributes(environment: ["A", "B"])) { _, context in
      #expect(context.environment == ["A": "1"])
      return 0
    }
    _ = try await value.value(options: .with { $0.environment = { ["A": "1", "C": "3"][$0] } })
  }

  @Test func `the parts are recorded with the result`() async throws {
    let store = ArtifactStore.inMemory()
    try await Graph { constant(7).named("n") }.run(in: store)
    let record = try #require(store.resolve("graph/n").flatMap { store.find($0.key) })
    let parts = try record.parts
    #expect(Key(.sha256(parts.encoded())) == record.key)
    #expect(parts["task"] == .text("App.task<Value>"))
    #expect(parts["version"] == .integer(1))
    #expect(parts["input:value"] == .digest(.sha256(try CBOR.encode(7))))
    #expect(record.facts.node == "n" && record.codec == "cbor/1")
  }

  @Test func `an input that cannot be encoded leaves the node without a key, and the plan says so`()
    async throws
  {
    let calls = Calls()
    let store = ArtifactStore.inMemory()
    let graph = Graph { $opaque(Constant(Opaque())) }
    for _ in 0..<2 {
      let plan = try await graph.plan(in: store)
      #expect(plan.nodes.map(\.reason) == [.noKey(input: "value")])
      let result = try await plan.run()
      #expect(result.executed == 1 && result.encodes == 0)
    }
    #expect(store.names().isEmpty && calls.names.isEmpty)
  }

  /// A changed key format must show here: it makes every stored result unreachable.
  @Test func `a key is the same for ever`() async throws {
    let key = try await key(golden())
    #expect(key.digest.hex == Self.goldenHex)
  }

  private static let goldenHex = "26cb0e1547b557314009b341e2dd4aea849f2011bd5ee4470c2f3a43bb923d3c"

  /// A call whose constants have no order of their own.
  private func golden() -> Node<Int> {
    struct Place: Hashable, Codable, Sendable { var name: String; var floor: Int }
    struct Settings: Codable, Sendable {
      var names: Set<String> = ["clean", "train", "test", "report", "load"]
      var places: [Place: Double] = [
        Place(name: "a", floor: 1): 0.5, Place(name: "b", floor: 2): -0.0,
        Place(name: "c", floor: 3): .nan, Place(name: "d", floor: 4): 4,
      ]
      var rates: [Int: [String]] = [3: ["x"], 1: [], 2: ["y", "z"]]
      var missing: Int?
    }
    return constant(
      Settings(), label: "settings", type: "Settings", path: "Golden.task(settings:)",
      fingerprint: Fingerprint(0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210),
      TaskAttributes(version: 3, environment: ["GOLDEN_UNSET"]))
  }

  /// Sets and dictionaries have another order in every process, and keys must not.
  @Test func `a key is the same in another process`() async {
    await #expect(processExitsWith: .success) {
      let key = try await KeyTests().key(KeyTests().golden())
      guard key.digest.hex == KeyTests.goldenHex else { exit(3) }
    }
  }
}

private struct Opaque: Sendable {}
@Task private func opaque(_ value: Opaque) -> Int { 1 }
