import Millrace
import MillraceTesting
import Synchronization
import Testing

@Task(cache: .transient) private func first(_ population: Population) -> Alive {
  Alive(0, in: population)
}
@Task(cache: .transient) private func next(_ value: Alive, _ population: Population) -> Alive {
  Alive(value.number + 1, in: population)
}
@Task(cache: .off) private func last(_ value: Alive) -> Int { value.number }
@Task private func storedLast(_ value: Alive) -> Int { value.number }
@Task(cache: .off) private func loaded(_ number: Int, _ population: Population) -> Alive {
  Alive(number, in: population)
}
@Task(cache: .off) private func all(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }
@Task(cache: .off) private func many(_ values: [Alive]) -> Int { values.count }

extension Population: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("population")
  }
}

/// How long values stay in memory.
@Suite(.timeLimit(.minutes(10))) struct ValueLifeTests {
  @Test(arguments: BackendKind.all)
  func `a value that cannot be encoded flows through transient nodes`(
    kind: BackendKind
  ) async throws {
    let population = Population()
    let constant = Constant(population)
    let chain = $next($next($first(constant), constant), constant)
    #expect(try await $storedLast(chain).value(on: kind.backend) == 2)
    #expect(population.now == 0)
  }

  @Test(arguments: BackendKind.all, [1, 20, 200])
  func `a chain holds two values at a time, however long it is`(
    kind: BackendKind, length: Int
  ) async throws {
    let population = Population()
    let constant = Constant(population)
    var chain = $first(constant)
    for _ in 0..<length { chain = $next(chain, constant) }
    let result = try await Graph { $last(chain) }.run(on: kind.backend)
    #expect(population.made == length + 1)
    #expect(population.peak == 2)
    // The result keeps no value that was not asked for.
    #expect(population.now == 0)
    #expect(result.executed == length + 2)
  }

  @Test(arguments: BackendKind.wide + [BackendKind(backend: .dispatch(1))])
  func `values that are all made before the first is taken are not all held`(
    kind: BackendKind
  ) async throws {
    let population = Population()
    var sum: Node<Int>?
    let graph = Graph {
      let values = (0..<500).map { $loaded(Constant($0), Constant(population)) }
      let numbers = values.map { $last($0) }
      let total = $all(numbers)
      let _: Void = sum = total
      total
    }
    let total = try #require(sum)
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.keepingValues = [total.erased] })
    #expect(try result.value(of: total) == 499 * 500 / 2)
    #expect(population.made == 500)
    #expect(population.peak <= 4)
    #expect(population.now == 0)
  }

  @Test func `a value lives until its last consumer has run`() async throws {
    let population = Population()
    let constant = Constant(population)
    let source = $first(constant)
    let result = try await Graph {
      $last(source)
      (0..<10).map { node("n\($0)") }
      $many([source, $next(source, constant)])
    }.run(on: .local)
    #expect(result.status == .succeeded)
    #expect(population.made == 2 && population.now == 0)
  }

  @Test(arguments: BackendKind.all)
  func `a value that is kept lives as long as the result`(kind: BackendKind) async throws {
    let population = Population()
    let source = $first(Constant(population))
    var result: RunResult? = try await Graph { $last(source) }.run(
      on: kind.backend, options: .with { $0.keepingValues = [source.erased] })
    #expect(population.now == 1)
    #expect(try result?.value(of: source).number == 0)
    result = nil
    // A worker may still be about to let go of the last job.
    while population.now > 0 { await Swift.Task.yield() }
  }

  @Test func `a value that was neither stored nor kept is an error that says so`() async throws {
    let source = $first(Constant(Population()))
    let result = try await Graph { $last(source) }.run()
    let error = #expect(throws: PipelineError.self) { try result.value(of: source) }
    #expect(error?.code == .unknownNode)
    #expect(error?.message.contains("keepingValues") == true)
    #expect(throws: PipelineError.self) { try result.value(of: node("stranger")) }
  }

  @Test func `constants live as long as their nodes`() async throws {
    let population = Population()
    var source: Node<Int>? = $last(Constant(Alive(3, in: population)))
    #expect(population.now == 1)
    #expect(try await source?.value() == 3)
    #expect(try await source?.value() == 3)
    source = nil
    #expect(population.now == 0)
  }

  @Test(arguments: BackendKind.all)
  func `failing and cancelled runs let go of all values`(kind: BackendKind) async throws {
    let population = Population()
    let constant = Constant(population)
    for isCancelling in [false, true] {
      let graph = Graph {
        for _ in 0..<10 { $many([$first(constant), $next($first(constant), constant)]) }
        node("bad") { _, context in
          if isCancelling { context.cancellation.cancel() }
          throw CancellationError()
        }
        for _ in 0..<10 { $many([$first(constant), $next($first(constant), constant)]) }
      }
      for policy in [FailurePolicy.failFast, .keepGoing] {
        do {
          let result = try await graph.run(
            on: kind.backend, options: .with { $0.failurePolicy = policy })
          #expect(result.status == (isCancelling ? .cancelled : .failed))
        }
        #expect(population.now == 0)
      }
    }
  }
}
