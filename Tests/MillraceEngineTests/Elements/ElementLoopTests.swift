import Millrace
import MillraceTesting
import Synchronization
import Testing

@testable import MillraceEngine

/// Lists whose elements run in a loop, without nodes: all that can be seen of a run must be as if each
/// element had its own.
@Suite(.timeLimit(.minutes(10))) struct ElementLoopTests {
  private typealias Event = ElementPlay.Event

  /// Runs a play both ways.
  private func compare(
    _ shape: ElementShape, _ event: Event = .nothing, on kind: BackendKind,
    _ policy: FailurePolicy = .keepGoing, inOrder: Bool = false, populations: inout Populations
  ) async throws {
    var outcomes: [ElementPlay.Outcome] = []
    for shortest in [1, Int.max] {
      var (outcome, population) = try await ElementPlay.outcome(
        shape, event, on: kind.backend, policy, shortest: shortest)
      populations.add(population, of: "\(shape.testDescription), \(event)")
      if !inOrder { outcome.calls.sort() }
      outcomes.append(outcome)
    }
    #expect(outcomes[0] == outcomes[1], "\(shape.testDescription), \(event)")
  }

  private func events(
    in shape: ElementShape, _ event: (_ element: Int, _ step: Int) -> Event
  ) -> [Event] {
    (0..<shape.count).flatMap { element in
      (0..<shape.stepCount).map { event(element, $0) }
    }
  }

  @Test(arguments: BackendKind.all, [0, 1, 20])
  func `values, counts and reports are those of elements with nodes`(
    kind: BackendKind, count: Int
  ) async throws {
    var populations = Populations()
    for var shape in ElementShape.shapes(on: kind.backend) {
      shape.count = count
      try await compare(shape, on: kind, populations: &populations)
    }
    #expect(await populations.remaining() == [])
  }

  @Test func `on the local backend bodies run in the same order`() async throws {
    var populations = Populations()
    for shape in ElementShape.all where shape.fold == nil {
      try await compare(
        shape, on: BackendKind(backend: .local), inOrder: true, populations: &populations)
    }
    #expect(await populations.remaining() == [])
  }

  @Test(arguments: BackendKind.all)
  func `a failure at any step of any element ends all nodes as ever`(
    kind: BackendKind
  ) async throws {
    var populations = Populations()
    for shape in ElementShape.shapes(on: kind.backend) {
      for event in events(in: shape, { .failure(element: $0, step: $1) }) {
        try await compare(shape, event, on: kind, populations: &populations)
      }
    }
    #expect(await populations.remaining() == [])
  }

  @Test func `failing fast at any step of any element ends all nodes as ever`() async throws {
    var populations = Populations()
    for shape in ElementShape.all where shape.fold == nil {
      for event in events(in: shape, { .failure(element: $0, step: $1) }) {
        try await compare(
          shape, event, on: BackendKind(backend: .local), .failFast, inOrder: true,
          populations: &populations)
      }
    }
    #expect(await populations.remaining() == [])
  }

  @Test func `a cancellation at any step of any element leaves true states`() async throws {
    var populations = Populations()
    for shape in ElementShape.all where shape.fold == nil {
      for event in events(in: shape, { .cancelling(element: $0, step: $1) }) {
        try await compare(
          shape, event, on: BackendKind(backend: .local), inOrder: true, populations: &populations)
      }
    }
    #expect(await populations.remaining() == [])
  }

  @Test(arguments: [false, true])
  func `with a Reduce elements are combined one by one, up to where the run ends`(
    isCancelled: Bool
  ) async throws {
    var populations = Populations()
    for shape in ElementShape.all where shape.fold != nil && shape.isTold {
      for element in 0..<shape.count {
        for step in 0..<shape.stepCount {
          let (outcome, population) = try await ElementPlay.outcome(
            shape,
            isCancelled
              ? .cancelling(element: element, step: step) : .failure(element: element, step: step),
            on: .local, .failFast, shortest: 1)
          let calls = (0...element).flatMap { number in
            (0..<shape.stepCount).map { (number, $0) }
          }.prefix(element * shape.stepCount + step + 1)
          #expect(outcome.calls == calls.map { "\($0).\($1)" })
          let tasks = shape.count * shape.stepCount + 3
          let executed = calls.count + (isCancelled ? 2 : 1)
          #expect(outcome.counts == [tasks, executed, 0, isCancelled ? 0 : 1])
          #expect(outcome.status == (isCancelled ? .cancelled : .failed))
          let states = outcome.reports.map { $0.split(separator: " ")[1] }
          #expect(states.count { $0 == "executed" } == executed)
          #expect(states.count { $0 == "failed" } == (isCancelled ? 0 : 1))
          #expect(!states.contains("notNeeded") && !states.contains("hit"))
          populations.add(population, of: "\(shape.testDescription), \(element).\(step)")
        }
      }
    }
    #expect(await populations.remaining() == [])
  }

  @Test(arguments: BackendKind.wide)
  func `other backends end in order as well, wherever a run is cancelled or fails`(
    kind: BackendKind
  ) async throws {
    var populations = Populations()
    for shape in ElementShape.shapes(on: kind.backend) where shape.isTold {
      for event in events(in: shape, { .cancelling(element: $0, step: $1) }) {
        let (outcome, population) = try await ElementPlay.outcome(
          shape, event, on: kind.backend, shortest: 1)
        #expect(outcome.failures.isEmpty)
        populations.add(population, of: "\(shape.testDescription), \(event)")
      }
      for event in events(in: shape, { .failure(element: $0, step: $1) }) {
        let (outcome, population) = try await ElementPlay.outcome(
          shape, event, on: kind.backend, .failFast, shortest: 1)
        #expect(outcome.status == .failed && !outcome.failures.isEmpty)
        populations.add(population, of: "\(shape.testDescription), \(event)")
      }
    }
    #expect(await populations.remaining() == [])
  }

  // MARK: Whether there is a loop

  /// Runs a graph, and says how many loops it had and whether elements have nodes.
  private func loops(
    _ graph: Graph, keeping kept: [AnyNode] = [], on backend: any Backend = .local,
    _ change: (inout RunOptions) -> Void = { _ in }
  ) async throws -> (count: Int, nodes: Int) {
    let options = RunOptions.with {
      $0.describesPlan = false
      $0.shortestLoop = 1
      $0.keepingValues = kept
      change(&$0)
    }
    let execution = try Execution(graph, on: backend, in: .inMemory(), options: options)
    try execution.plan()
    await execution.run()
    return execution.state.withLock { state in
      let loops = state.loops.filter { $0.key == $0.value.list && $0.value.stage == .finished }
      return (loops.count, state.table.count - state.table.staticCount)
    }
  }

  @Test func `brief elements make no nodes`() async throws {
    for shape in ElementShape.all {
      let play = ElementPlay(shape)
      let found = try await loops(Graph { play.leaves() })
      #expect(found == (1, 0), "\(shape.testDescription)")
    }
    let sums = ForEach([[1, 2], [3], []]) { row in $total(ForEach(row) { $twice($0) }) }
    // Two lists are not empty; the third, and the list of lists, have nodes.
    #expect(try await loops(Graph { $total(sums) }).count == 2)
    #expect(try await $total(sums).value(options: .with { $0.shortestLoop = 1 }) == 12)
  }

  @Test func `a list goes the long way where something is asked of its elements`() async throws {
    func list(_ body: (Node<Int>) -> Node<Int> = { $twice($0) }) -> Node<[Int]> {
      ForEach([1, 2, 3], body)
    }
    let late = node("late")
    let kept = list()
    let graphs: [(String, Graph)] = [
      ("a stored task", Graph { $total(list { $stored($0) }) }),
      ("a transient task", Graph { $total(list { $transient($0) }) }),
      ("an asynchronous task", Graph { $total(list { $slow($0) }) }),
      ("a task with attempts", Graph { $total(list { $twice($0).retry(.times(2)) }) }),
      ("a failure with a value", Graph { $total(list { $twice($0).ignoringFailure(default: 1) }) }),
      ("a limit", Graph { $total(ForEach([1, 2, 3], limit: 2) { $twice($0) }) }),
      (
        "a decision",
        Graph {
          $total(
            list { e in
              When($isOdd(e)) {
                $twice(e)
              } otherwise: {
                e
              }
            })
        }
      ),
      ("a stored consumer", Graph { $storedTotal(list()) }),
      ("a leaf", Graph { list() }),
      ("a consumer of a consumer's own kind", Graph { $total(ForEach(list()) { $0 }) }),
      ("an order", Graph { $total(list { $twice($0).after(late) }) }),
      ("another backend", Graph { $total(list { e in Block(on: .dispatch(3)) { $twice(e) } }) }),
      ("a result from outside", Graph { $total(list { _ in late }) }),
      ("an element as it is", Graph { $total(list { $0 }) }),
      ("combining that drops", Graph { node("last", [list().reduce(0) { _, e in $twice(e) }]) }),
      ("stored combining", Graph { list().reduce(0) { $storedSum($0, $1) } }),
      (
        "two that take it",
        Graph {
          $total(kept)
          kept.reduce(0) { $plus($0, $1) }
        }
      ),
    ]
    for (what, graph) in graphs { #expect(try await loops(graph).count == 0, "\(what)") }
    let plain = Graph { $total(list()) }
    #expect(try await loops(plain).count == 1)
    #expect(try await loops(Graph { $total(list { $plus($0, late) }) }).count == 1)
    #expect(try await loops(plain, keeping: [kept.erased]).count == 1)
    #expect(try await loops(Graph { $total(kept) }, keeping: [kept.erased]).count == 0)
    #expect(try await loops(plain) { $0.observers = [EventRecorder()] }.count == 0)
    #expect(try await loops(plain) { $0.plugins = [RandomStatePlugin(seed: 1)] }.count == 0)
    #expect(try await loops(plain) { $0.jobs = 1 }.count == 0)
    #expect(try await loops(plain) { $0.shortestLoop = 4 }.count == 0)
  }

  @Test(arguments: BackendKind.all)
  func `a Reduce in a loop has one element at a time`(kind: BackendKind) async throws {
    let population = Population()
    let list = ForEach(Array(0..<500)) { $alive($0, Constant(population)) }
    let result = try await list.reduce(0) { $add($0, $1) }.value(
      on: kind.backend, options: .with { $0.shortestLoop = 1 })
    #expect(result == 499 * 250)
    #expect(population.made == 500 && population.now == 0)
    // Where the loop was left for other workers, as many as they may have.
    #expect(population.peak <= (kind.backend.capacity.bodies == 1 ? 1 : 40))
  }

  @Test(arguments: BackendKind.all)
  func `lists in a block run on its backend`(kind: BackendKind) async throws {
    func graph() -> (Graph, [Node<Int>]) {
      var sums: [Node<Int>] = []
      let graph = Graph {
        Block(on: .dispatch(2)) {
          let list = ForEach(Array(0..<20)) { $plus($twice($0), 1) }
          sums = [$total(list), list.reduce(0) { $plus($0, $1) }]
          sums
        }
      }
      return (graph, sums)
    }
    var reports: [[String]] = []
    for shortest in [1, Int.max] {
      let (graph, sums) = graph()
      let result = try await graph.run(
        on: kind.backend,
        options: .with {
          $0.shortestLoop = shortest
          $0.keepingValues = sums.map(\.erased)
        })
      #expect(try sums.map { try result.value(of: $0) } == [400, 400])
      reports.append(result.reports().map { "\($0.name) \($0.state)" })
    }
    #expect(reports[0] == reports[1])
  }

  @Test func `the local backend keeps the order of declaration beside a list`() async throws {
    var orders: [[String]] = []
    for shortest in [1, Int.max] {
      let calls = Calls()
      let off = TaskAttributes(cache: .off)
      func step(_ name: String, _ inputs: [Node<Int>]) -> Node<Int> {
        node(name, inputs, off, calls: calls) { values, _ in
          calls.note("\(name) \(values)")
          return values.reduce(0, +)
        }
      }
      let graph = Graph {
        let first = ForEach([1, 2, 3]) { step("b", [step("a", [$0])]) }
        $total(first)
        step("beside", [])
        step("behind", [step("before", []), $total(ForEach([4, 5, 6]) { step("c", [$0]) })])
        $total(ForEach([7, 8]) { step("d", [step("e", [$0])]) })
      }
      let result = try await graph.run(on: .local, options: .with { $0.shortestLoop = shortest })
      orders.append(calls.names + result.reports().map { "\($0.name) \($0.state)" })
    }
    #expect(orders[0] == orders[1])
  }

  @Test(arguments: BackendKind.all)
  func `contexts are those of elements with nodes`(kind: BackendKind) async throws {
    struct Known: Hashable {
      var node: String
      var seed: String
      var attempt: Int
    }
    let names: [(@Sendable (Int) -> String)?] = [nil, { "n\($0)" }]
    for naming in names {
      var all: [(Set<Known>, [String])] = []
      for shortest in [1, Int.max] {
        let seen = Mutex<Set<Known>>([])
        func step(_ name: String, _ inputs: [Node<Int>]) -> Node<Int> {
          node(name, inputs, TaskAttributes(cache: .off, randomness: true)) { values, context in
            let known = Known(
              node: context.node, seed: context.seed.hex, attempt: context.attempt)
            seen.withLock { _ = $0.insert(known) }
            return values.reduce(1, +)
          }
        }
        let graph = Graph {
          let list = ForEach(Array(0..<6), naming: naming) { step("b", [step("a", [$0])]) }
          $total(list)
          ForEach(Array(0..<6), naming: naming) { step("c", [$0]) }.reduce(0) {
            step("d", [$0, $1]).named("combined")
          }
        }
        let result = try await graph.run(
          on: kind.backend,
          options: .with {
            $0.shortestLoop = shortest
            $0.seed = 7
          })
        #expect(result.status == .succeeded && result.executed == 25)
        all.append(
          (seen.withLock { $0 }, result.reports().map { "\($0.name) \($0.state)" }.sorted()))
      }
      #expect(all[0].0 == all[1].0 && all[0].0.count == 24)
      #expect(all[0].1 == all[1].1)
    }
  }

  @Test(arguments: BackendKind.all)
  func `a list that was gone is made again for an artifact that is`(
    kind: BackendKind
  ) async throws {
    for isFolded in [false, true] {
      let counter = StorageCounter()
      func last() -> Node<Int> {
        let list = ForEach(Array(0..<20)) { $plus($twice($0), 1) }
        let sum = isFolded ? $twice(list.reduce(0) { $plus($0, $1) }) : $total(list)
        return node("last", [sum])
      }
      func value() async throws -> Int {
        try await last().value(
          on: kind.backend, in: counter.open(), options: .with { $0.shortestLoop = 1 })
      }
      let made = try await value()
      #expect(made == (isFolded ? 801 : 401))
      try counter.spoil("last", in: counter.open())
      #expect(try await value() == made)
    }
  }

  @Test(arguments: BackendKind.all)
  func `a failure outside is each element's own`(kind: BackendKind) async throws {
    struct Broken: Error {}
    var reports: [[String]] = []
    for shortest in [1, Int.max] {
      let outside = node("outside", [], TaskAttributes(cache: .off)) { _, _ in throw Broken() }
      let graph = Graph { $total(ForEach([1, 2, 3]) { $twice($plus($0, outside)) }) }
      let result = try await graph.run(
        on: kind.backend,
        options: .with {
          $0.shortestLoop = shortest
          $0.failurePolicy = .keepGoing
        })
      #expect(result.failures.map(\.places) == [[]] && result.nodes == 8)
      reports.append(result.reports().map { "\($0.name) \($0.state) \($0.attempts)" })
    }
    #expect(reports[0] == reports[1])
  }

  @Test func `a run that is cancelled before its first element has all copies`() async throws {
    var reports: [[String]] = []
    for shortest in [1, Int.max] {
      let graph = Graph { $total(ForEach([1, 2, 3]) { $twice($0) }) }
      let options = RunOptions.with {
        $0.describesPlan = false
        $0.shortestLoop = shortest
      }
      let plan = try await graph.plan(in: .inMemory(), options: options)
      options.cancellation.cancel()
      let result = try await plan.run()
      #expect(result.status == .cancelled && result.nodes == 4)
      reports.append(result.reports().map { "\($0.name) \($0.state) \($0.attempts)" })
    }
    #expect(reports[0] == reports[1])
  }
}

@Task(cache: .off) private func twice(_ value: Int) -> Int { 2 * value }
@Task(cache: .off) private func plus(_ left: Int, _ right: Int) -> Int { left + right }
@Task(cache: .off) private func total(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task(cache: .off) private func isOdd(_ value: Int) -> Bool { value % 2 == 1 }
@Task(cache: .off) private func slow(_ value: Int) async -> Int { value }
@Task private func stored(_ value: Int) -> Int { value }
@Task private func storedSum(_ left: Int, _ right: Int) -> Int { left + right }
@Task private func storedTotal(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task(cache: .transient) private func transient(_ value: Int) -> Int { value }
@Task(cache: .off) private func alive(_ number: Int, _ population: Population) -> Alive {
  Alive(number, in: population)
}
@Task(cache: .off) private func add(_ total: Int, _ value: Alive) -> Int { total + value.number }
