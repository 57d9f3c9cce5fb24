import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceGraph

private struct Broken: Error {}

/// How many instances were made, by scope: tests run at once.
private let made = Mutex<[String: Int]>([:])

@Task private actor Tally {
  private let scope: String
  private var entries: [Int] = []
  private var isBusy = false

  init(scope: String = "") {
    self.scope = scope
    made.withLock { $0[scope, default: 0] += 1 }
  }

  /// An actor lets others in while a method waits, so calls that overlap are seen here.
  @Task func add(_ number: Int) async throws -> [Int] {
    guard !isBusy else { throw Broken() }
    isBusy = true
    for _ in 0..<3 { await Task.yield() }
    isBusy = false
    if number < 0 { throw Broken() }
    entries.append(number)
    return entries
  }

  @Task func total(besides numbers: [Int] = []) -> Int { (entries + numbers).reduce(0, +) }
  @Task func clear() { entries = [] }
  @Task func handle() -> Handle { Handle(number: entries.count) }
}

private struct Handle: Sendable { var number: Int }

@Task private func number(_ number: Int) -> Int { number }
@Task private func double(_ number: Int, version: Int = 1) -> Int { number * 2 }
@Task private func name(_ number: Int) -> String { "changed \(number)" }
@Task private func sum(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }

@Task private actor Journal {
  @Injected(\.node) private var node
  private let first: String
  init(context: TaskContext) { first = context.node }
  @Task func names(besides context: TaskContext) -> [String] { [first, node, context.node] }
}

@Task private actor Shaky {
  init(fails: Bool) async throws { if fails { throw Broken() } }
  @Task func ready() -> Bool { true }
}

/// Actors as tasks: a node is an instance, or a call on one.
@Suite(.timeLimit(.minutes(10))) struct StatefulTests {
  @Test(arguments: BackendKind.all)
  func `calls on an instance run one at a time, in the order in which they were written`(
    kind: BackendKind
  ) async throws {
    let tally = $Tally()
    let graph = Graph {
      let calls = (0..<40).map { Tally.$add(tally, $number($0)) }
      calls.reversed()
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.keepingValues = graph.leaves })
    try result.get()
    for (index, leaf) in graph.leaves.reversed().enumerated() {
      #expect(try result.value(of: leaf, as: [Int].self) == Array(0...index))
    }
  }

  @Test(arguments: BackendKind.all)
  func `calls that nobody reads run before a later one`(kind: BackendKind) async throws {
    func learned(_ tally: Node<Tally>) -> Node<Int> {
      _ = Tally.$add(tally, 1)
      _ = Tally.$clear(tally)
      _ = Tally.$add(tally, 20)
      _ = Tally.$add(tally, 3)
      return Tally.$total(tally)
    }
    let graph = Graph { $double(learned($Tally())) }
    let result = try await graph.run(on: kind.backend)
    #expect(result.executed == 7)
    #expect(try result.value(of: graph.leaves[0], as: Int.self) == 46)
  }

  @Test func `graphs that share an instance node have instances and calls of their own`()
    async throws
  {
    let tally = $Tally()
    func graph(_ numbers: [Int]) -> Graph {
      Graph {
        for number in numbers { Tally.$add(tally, number) }
        $double(Tally.$total(tally))
      }
    }
    let (small, large) = (graph([1, 2]), graph([10, 20, 30]))
    for _ in 0..<2 {
      let results = (try await small.run().get(), try await large.run().get())
      #expect(try results.0.value(of: small.leaves.last!, as: Int.self) == 6)
      #expect(try results.1.value(of: large.leaves.last!, as: Int.self) == 120)
    }
  }

  @Test(arguments: BackendKind.all)
  func `calls that were made outside of a graph are ordered in it`(
    kind: BackendKind
  ) async throws {
    let tally = $Tally()
    let calls = (0..<10).map { Tally.$add(tally, $0) }
    let last = calls[9].named("last")
    let graph = Graph {
      calls.reversed(); last
    }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.keepingValues = [last.erased] })
    #expect(try result.get().value(of: last) == Array(0..<10))
  }

  @Test func `equal constructions are two instances`() async throws {
    let scope = "two"
    let graph = Graph {
      let tallies = [$Tally(scope: scope), $Tally(scope: scope)]
      for tally in tallies { Tally.$add(tally, 1) }
      $sum(tallies.map { Tally.$total($0, besides: [4]) })
    }
    let result = try await graph.run()
    #expect(try result.value(of: graph.leaves[2], as: Int.self) == 10)
    #expect(made.withLock { $0[scope] } == 2)
  }

  @Test(arguments: BackendKind.all)
  func `nothing of an actor is cached, and what follows from it is`(
    kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let graph = Graph {
      let tally = $Tally()
      Tally.$add(tally, 1)
      Tally.$handle(tally)
      $double(Tally.$total(tally)).named("double")
    }
    for run in 0..<2 {
      let result = try await graph.run(on: kind.backend, in: store)
      #expect(result.executedNames.prefix(4) == ["Tally", "add", "handle", "total"])
      #expect(result.hitNames == (run == 0 ? [] : ["double"]))
    }
  }

  @Test(arguments: [CachePolicy.stored, .transient])
  func `neither an instance nor a call on it can be told to be cached`(
    policy: CachePolicy
  ) async throws {
    let tally = $Tally()
    for graph in [
      Graph { Tally.$total(tally).cache(policy) }, Graph { tally.cache(policy) },
    ] {
      let error = await #expect(throws: PipelineError.self) { try await graph.run() }
      #expect(error?.code == .misuse)
    }
    #expect(try await Graph { Tally.$total(tally).cache(.off) }.run().executed == 2)
  }

  @Test(arguments: BackendKind.all, [FailurePolicy.failFast, .keepGoing])
  func `a failed call skips the later calls on its instance`(
    kind: BackendKind, policy: FailurePolicy
  ) async throws {
    let result = try await Graph {
      let (broken, whole) = ($Tally(), $Tally())
      Tally.$add(broken, 1).named("first")
      Tally.$add(broken, -1).named("failing")
      Tally.$add(broken, 2).named("second")
      Tally.$total(broken).named("end")
      Tally.$total(whole).named("other")
    }.run(on: kind.backend, options: .with { $0.failurePolicy = policy })
    #expect(result.names(.failed) == ["failing"])
    #expect(result.names(.skipped) == ["second", "end"])
    #expect(result.executedNames.contains("first"))
    if policy == .keepGoing { #expect(result.executedNames.contains("other")) }
  }

  @Test(arguments: BackendKind.all, [false, true])
  func `an initialiser may wait and fail`(kind: BackendKind, fails: Bool) async throws {
    let result = try await Graph { Shaky.$ready($Shaky(fails: fails)) }.run(on: kind.backend)
    #expect(result.names(.failed) == (fails ? ["Shaky"] : []))
    #expect(result.names(.skipped) == (fails ? ["ready"] : []))
  }

  @Test(arguments: BackendKind.all)
  func `methods read their own context`(kind: BackendKind) async throws {
    let journal = $Journal().named("journal")
    let names = Journal.$names(journal).named("names")
    let result = try await Graph { names }.run(
      on: kind.backend, options: .with { $0.keepingValues = [names.erased] })
    #expect(try result.value(of: names) == ["journal", "names", "names"])
  }

  @Test(arguments: BackendKind.all)
  func `each element has an instance that is made from it`(kind: BackendKind) async throws {
    let totals = ForEach(["a", "b"]) { scope in
      let tally = $Tally(scope: scope)
      _ = Tally.$add(tally, 1)
      _ = Tally.$add(tally, 2)
      return Tally.$total(tally)
    }
    #expect(try await totals.value(on: kind.backend) == [3, 3])
  }

  @Test(arguments: BackendKind.all)
  func `calls of a changed graph keep their order, also those that nobody reads`(
    kind: BackendKind
  ) async throws {
    let number = $number(4)
    let tally = $Tally()
    let graph = Graph {
      Tally.$add(tally, number)
      Tally.$clear(tally)
      Tally.$add(tally, 2)
      Tally.$total(tally).named("total")
      ForEach([1, 2]) { element in
        let own = $Tally(scope: $name(element))
        _ = Tally.$add(own, element)
        return Tally.$total(own, besides: [element])
      }
      .named("list")
    }
    for changed in [try graph.query("*").tagged("t"), graph.replacing(number, with: 7)] {
      let leaves = Array(changed.leaves.suffix(2))
      let result = try await changed.run(
        on: kind.backend, options: .with { $0.keepingValues = leaves })
      try result.get()
      #expect(try result.value(of: leaves[0], as: Int.self) == 2)
      #expect(try result.value(of: leaves[1], as: [Int].self) == [2, 4])
    }
  }

  @Test func `calls for each element on one instance are refused`() async throws {
    let tally = $Tally()
    let graphs = [
      Graph { ForEach([1, 2]) { Tally.$add(tally, $0) } },
      Graph {
        // Not made from the element, so it is one for all.
        ForEach([1, 2]) { element in
          let inner = $Tally()
          _ = Tally.$add(inner, element)
          return Tally.$total(inner)
        }
      },
      Graph { ForEach([[1]]) { list in ForEach(list) { Tally.$add(tally, $0) } } },
    ]
    for graph in graphs {
      let error = await #expect(throws: PipelineError.self) { try await graph.run() }
      #expect(error?.code == .misuse)
      #expect(error?.message.contains("'add' is called for each element of a 'ForEach'") == true)
    }
    let once = Graph {
      ForEach([1, 2]) { element in
        _ = Tally.$add(tally, 5)
        return $sum([element, Tally.$total(tally)])
      }
    }
    #expect(try await once.run().get().executed == 5)
  }

  @Test func `equal calls have names of their own, which do not depend on other instances`() {
    func names(besides others: Int) -> [String] {
      Graph {
        for _ in 0..<others { Tally.$clear($Tally(scope: "other")) }
        let tally = $Tally()
        for _ in 0..<3 { Tally.$add(tally, 1) }
      }.nodes(matching: "add*").map(\.name)
    }
    #expect(Set(names(besides: 0)).count == 3)
    #expect(names(besides: 0) == names(besides: 2))
  }

  @Test(arguments: BackendKind.all)
  func `a call is not made again for an artifact that proves unreadable`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    func graph(version: Int) -> Graph {
      Graph {
        let tally = $Tally()
        let stored = $double(Tally.$total(tally, besides: [3])).named("stored")
        $double(stored, version: version).named("top")
        Tally.$add(tally, 1)
      }
    }
    try await graph(version: 1).run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    try counter.lose("stored", in: store)
    let changed = graph(version: 2)
    let result = try await changed.run(on: kind.backend, in: store).get()
    #expect(try result.value(of: changed.leaves[0], as: Int.self) == 12)
    #expect(result.executed == 5)
  }
}

extension RunResult {
  /// The value of a handle whose type a test knows.
  fileprivate func value<Value: Sendable>(of node: AnyNode, as type: Value.Type) throws -> Value {
    try value(of: Node<Value>(node))
  }
}
