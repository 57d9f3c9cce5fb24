import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine
@testable import MillraceGraph

/// Graphs of stored tasks, which run by the store's answers and counters: they must say what `RunState` says,
/// whatever the store has, lacks or has damaged.
@Suite(.timeLimit(.minutes(10))) struct FlowRecordsTests {
  private struct Broken: Error {}
  private struct Plain: RunPlugin {}

  /// How the nodes of a graph are made.
  enum Form: CaseIterable { case apart, together, asynchronous }

  /// How a graph is run.
  enum Way: CaseIterable {
    case short, watched
    /// Through `RunState`.
    case long
  }

  /// A graph as numbers: node *i* takes the nodes in the bits of `inputs[i]`, all below *i*.
  struct Shape: Sendable {
    var inputs: [Int]
    var versions: [Int]
    var failing: Int?
    /// Whether neighbours are the same task, so that those with the same inputs have one key.
    var hasTwins = false

    static func all(_ count: Int) -> [Shape] {
      (0..<(1 << (count * (count - 1) / 2))).map { bits in
        var rest = bits
        let inputs = (0..<count).map { node in
          defer { rest >>= node }
          return rest & ((1 << node) - 1)
        }
        return Shape(inputs: inputs, versions: Array(repeating: 1, count: count))
      }
    }

    func graph(_ calls: Calls, _ form: Form) -> (graph: Graph, last: Node<Int>) {
      var last: Node<Int>?
      func nodes() -> [Node<Int>] {
        var nodes: [Node<Int>] = []
        for index in inputs.indices {
          let sources = (0..<index).filter { inputs[index] >> $0 & 1 == 1 }.map { nodes[$0] }
          let number = hasTwins ? index / 2 : index
          // The version of an odd node does not show in its value: what takes it is cut off early.
          let own = (index % 2 == 0 ? versions[index] : 1) * 100 + number
          let isFailing = index == failing
          let body: @Sendable ([Int], TaskContext) throws -> Int = { values, _ in
            if isFailing { throw Broken() }
            return values.reduce(own) { ($0 * 31 + $1) % 1_000_003 }
          }
          let attributes = TaskAttributes(version: versions[index])
          if form == .asynchronous && index % 2 == 1 {
            nodes.append(
              asyncNode("n\(number)", sources, attributes, calls: calls) { values, context in
                await Task.yield()
                return try body(values, context)
              })
          } else {
            nodes.append(node("n\(number)", sources, attributes, calls: calls, body: body))
          }
        }
        last = nodes.last
        return nodes
      }
      let graph = form == .apart ? Graph(leaves: nodes().map(\.erased)) : Graph { nodes() }
      return (graph, last!)
    }
  }

  /// All that can be seen of a run, then and later.
  private struct Outcome: Equatable {
    var states: [NodeReport.State]
    var sizes: [Int?]
    var calls: [String]
    var status: RunStatus
    var counts: [Int]
    var value: Int?
    /// What names stand for.
    var names: [String: Digest]
    var runs: [RunStatus?]
    var runCounts: [[Int]]
    var attempts: Int
    /// What observers were told of nodes, sorted; nil where there are none.
    var told: [String]?
  }

  private static func outcome(
    _ shape: Shape, _ form: Form, on backend: any Backend, in store: ArtifactStore, _ way: Way,
    keepingLast: Bool
  ) async throws -> Outcome {
    let (calls, recorder) = (Calls(), EventRecorder())
    let (graph, last) = shape.graph(calls, form)
    let result = try await graph.run(
      on: backend, in: store,
      options: .with {
        $0.failurePolicy = .keepGoing
        if keepingLast { $0.keepingValues = [last.erased] }
        if way != .short { $0.observers = [recorder] }
        if way == .long { $0.plugins = [Plain()] }
      })
    let told = recorder.events.compactMap { event in
      switch event {
      case .nodeStarted(let start): "start \(start.name)"
      case .nodeFinished(let report):
        "\(report.state) \(report.name) \(report.attempts) \(report.size ?? -1)"
      default: nil
      }
    }
    let reports = result.reports()
    let value = try? result.value(of: last)
    try store.close()
    return Outcome(
      states: reports.map(\.state), sizes: reports.map(\.size), calls: calls.names.sorted(),
      status: result.status,
      counts: [result.nodes, result.executed, result.hits, result.failed, result.encodes],
      value: value,
      names: Dictionary(uniqueKeysWithValues: store.names().map { ($0.name, $0.artifact) }),
      runs: store.runs().map(\.status),
      runCounts: store.runs().map { run in
        run.counts.map { [$0.nodes, $0.executed, $0.hits, $0.failed] } ?? []
      },
      attempts: store.runs().reduce(0) { $0 + store.failedAttempts(in: $1.id).count },
      told: way == .short ? nil : told.sorted())
  }

  /// One worker and several.
  private static let kinds = [BackendKind.all[0], BackendKind.all[2]]

  /// What happens to a store between two runs.
  private enum Act {
    case nothing
    case lose([Int]), spoil([Int])
    case change(Int)
  }

  /// Runs a graph again and again on each way, and compares.
  ///
  /// What is long is run once, on the first of the backends, for all of them and for all forms.
  private static func compare(_ shape: Shape, _ acts: [Act], isInline: Bool) async throws {
    let long = try await outcomes(shape, .apart, kinds[0], .long, acts, isInline: isInline)
    for (form, kind) in Form.allCases.flatMap({ form in kinds.map { (form, $0) } }) {
      for way in [Way.short, .watched] {
        let short = try await outcomes(shape, form, kind, way, acts, isInline: isInline)
        for (number, act) in acts.enumerated() {
          var expected = long[number]
          if way == .short { expected.told = nil }
          #expect(
            short[number] == expected,
            "\(shape) \(form) \(kind.testDescription) \(way), act \(number) \(act)")
        }
      }
    }
  }

  /// How a graph's runs end, one after each act.
  private static func outcomes(
    _ shape: Shape, _ form: Form, _ kind: BackendKind, _ way: Way, _ acts: [Act], isInline: Bool
  ) async throws -> [Outcome] {
    let counter = StorageCounter()
    func open() throws -> ArtifactStore {
      try isInline ? ArtifactStore(storage: counter.base) : counter.open()
    }
    var shape = shape
    var outcomes: [Outcome] = []
    for (number, act) in acts.enumerated() {
      if number > 0 { shape.failing = nil }
      switch act {
      case .nothing: break
      case .lose(let nodes): for node in nodes { try? counter.lose("n\(node)", in: open()) }
      case .spoil(let nodes): for node in nodes { try? counter.spoil("n\(node)", in: open()) }
      case .change(let node): shape.versions[node] += 1
      }
      var outcome = try await outcome(
        shape, form, on: kind.backend, in: open(), way, keepingLast: number % 2 == 1)
      if shape.hasTwins {
        // Which of two nodes of one key runs is left open.
        outcome.states.sort { $0.rawValue < $1.rawValue }
        outcome.sizes.sort { ($0 ?? -1) < ($1 ?? -1) }
      }
      outcomes.append(outcome)
    }
    return outcomes
  }

  @Test(arguments: 1...3)
  func `every small graph ends as it does through the state machine, whatever fails or is damaged`(
    count: Int
  ) async throws {
    let all = Array(0..<count)
    for (number, shape) in Shape.all(count).enumerated() {
      for failing in all {
        var shape = shape
        shape.failing = failing
        // What failed is made by the second run, so that stores are alike from then on.
        try await Self.compare(
          shape, [.nothing, .nothing, .nothing], isInline: (number + failing) % 2 == 1)
      }
      for node in all {
        let acts: [Act] = [
          .nothing, .nothing, .nothing, .lose([node]), .change(node), .spoil([node]),
          .nothing, .spoil(all), .change(count - 1),
        ]
        try await Self.compare(shape, acts, isInline: node % 2 == 1)
      }
    }
  }

  @Test func `every graph of four nodes ends as it does through the state machine`() async throws {
    for (number, shape) in Shape.all(4).enumerated() {
      let some = (0..<4).filter { number >> $0 & 1 == 1 }
      let acts: [Act] = [
        .nothing, .change(number % 4), .spoil(some), .change((number + 1) % 4), .nothing,
      ]
      try await Self.compare(shape, acts, isInline: false)
    }
  }

  @Test(arguments: 2...4)
  func `nodes of one key run once, as through the state machine`(count: Int) async throws {
    for (number, shape) in Shape.all(count).enumerated() {
      var shape = shape
      shape.hasTwins = true
      let acts: [Act] = [.nothing, .nothing, .lose([number % count]), .nothing]
      try await Self.compare(shape, acts, isInline: number % 2 == 1)
    }
  }

  // MARK: What is not done

  @Test(arguments: BackendKind.all)
  func `a run that finds everything done reads no artifact and writes nothing`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let shape = Shape(inputs: [0, 1, 1, 6], versions: [1, 1, 1, 1])
    let (graph, last) = shape.graph(Calls(), .together)
    try await graph.run(on: kind.backend, in: counter.open())
    let (gets, writes) = (counter.gets, counter.writes)
    let result = try await graph.run(on: kind.backend, in: counter.open())
    #expect(result.hits == 4)
    #expect(counter.gets == gets && counter.writes == writes)
    let value = try await last.value(on: kind.backend)
    #expect(try result.value(of: last) == value)
    #expect(counter.gets == gets + 1)
  }

  @Test(arguments: BackendKind.all)
  func `a value that is kept is read once, and nothing is written`(kind: BackendKind) async throws {
    let counter = StorageCounter()
    let shape = Shape(inputs: [0, 1, 1, 6], versions: [1, 1, 1, 1])
    let (graph, last) = shape.graph(Calls(), .together)
    try await graph.run(on: kind.backend, in: counter.open())
    let (gets, writes) = (counter.gets, counter.writes)
    let result = try await graph.run(
      on: kind.backend, in: counter.open(), options: .with { $0.keepingValues = [last.erased] })
    let value = try await last.value(on: kind.backend)
    #expect(try result.value(of: last) == value)
    #expect(result.hits == 4)
    #expect(counter.gets == gets + 1 && counter.writes == writes)
  }

  @Test(arguments: BackendKind.all)
  func `a value that many need is read once`(kind: BackendKind) async throws {
    let counter = StorageCounter()
    func graph(version: Int) -> Graph {
      Graph {
        let first = node("first")
        (0..<500).map { index in
          node("n\(index)", [first], TaskAttributes(version: version))
        }
      }
    }
    try await graph(version: 1).run(on: kind.backend, in: counter.open())
    let gets = counter.gets
    let result = try await graph(version: 2).run(on: kind.backend, in: counter.open())
    #expect(result.executed == 500 && result.hits == 1)
    #expect(counter.gets == gets + 1)
  }

  @Test(arguments: BackendKind.all, [0, 1])
  func `of many nodes with few keys, as many run as there are keys`(
    kind: BackendKind, depth: Int
  ) async throws {
    let calls = Calls()
    let graph = Graph {
      (0..<1000).map { index in
        let inputs = depth == 0 ? [] : [node("first\(index % 10)", calls: calls)]
        return node("n\(index % 10)", inputs, calls: calls)
      }
    }
    let result = try await graph.run(on: kind.backend)
    #expect(calls.names.count == 10 * (depth + 1))
    #expect(result.executed == 10 * (depth + 1))
    #expect(result.hits == (depth + 1) * 990)
  }

  // MARK: Which graphs go it

  private static func isShort(_ graph: Graph) throws -> Bool {
    let options = RunOptions.with { $0.describesPlan = false }
    return try Execution(graph, on: .local, in: .inMemory(), options: options).flow != nil
  }

  @Test func `graphs of stored tasks, lists and constants go the short way, others do not`() throws
  {
    #expect(try Self.isShort(Graph { $double($double(1)) }))
    #expect(try Self.isShort(Graph { $total([$double(1), $double(2)]) }))
    #expect(try Self.isShort(Graph { $total([$double(1), $double(2)]).named("sum") }))
    #expect(try !Self.isShort(Graph { $double($fresh()) }))
    #expect(try !Self.isShort(Graph { $duo(1).first }))
    #expect(try !Self.isShort(Graph { $lenient($double(1), loud: true) }))
  }

  @Test(arguments: BackendKind.all)
  func `lists are put together when a body needs them`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let first = Graph { $total([$double(1), $double(2)]) }
    #expect(try await first.run(on: kind.backend, in: store).executed == 3)
    let sum = $nested([[$double(1), $double(3)].collected, [$double(2)].collected])
    let result = try await Graph { sum }.run(on: kind.backend, in: store)
    #expect(result.executed == 2 && result.hits == 2)
    #expect(try result.value(of: sum) == 12)
    let again = try await Graph { sum }.run(
      on: kind.backend, in: store, options: .with { $0.keepingValues = [sum.erased] })
    #expect(again.executed == 0 && again.hits == 4)
    #expect(try again.value(of: sum) == 12)
  }

  @Test(arguments: BackendKind.all)
  func `a run that a body cancels leaves what is done in the store`(kind: BackendKind) async throws
  {
    let (store, cancellation) = (ArtifactStore.inMemory(), Cancellation())
    func graph(_ options: RunOptions) -> Graph {
      let first = node("first") { _, _ in
        cancellation.cancel()
        return 1
      }
      return Graph { node("second", [first]) }
    }
    let options = RunOptions.with { $0.cancellation = cancellation }
    let result = try await graph(options).run(on: kind.backend, in: store, options: options)
    #expect(result.status == .cancelled)
    #expect(result.reports().map(\.state) == [.executed, .cancelled])
    let again = try await graph(options).run(on: kind.backend, in: store)
    #expect(again.reports().map(\.state) == [.hit, .executed])
  }
}

@Task private func double(_ value: Int) -> Int { 2 * value }
@Task private func total(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task private func nested(_ values: [[Int]]) -> Int { values.joined().reduce(0, +) }
@Task(cache: .off) private func fresh() -> Int { 1 }
@Task private func duo(_ value: Int) -> Duo { Duo(first: value, second: value) }
@Task(ignoring: ["loud"]) private func lenient(_ value: Int, loud: Bool) -> Int { value }

private struct Duo: Codable, Sendable {
  var first: Int
  var second: Int
}
