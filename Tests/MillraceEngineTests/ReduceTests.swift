import Millrace
import MillraceTesting
import Testing

@Task private func upTo(_ count: Int) -> [Int] { Array(0..<count) }
@Task private func appended(_ digits: String, _ digit: Int) -> String { "\(digits),\(digit)" }
@Task(cache: .transient) private func alive(_ number: Int, _ population: Population) -> Alive {
  Alive(number, in: population)
}
@Task(cache: .transient) private func sum(_ total: Int, _ value: Alive) -> Int {
  total + value.number
}
@Task private func storedSum(_ total: Int, _ value: Alive) -> Int { total + value.number }
@Task(cache: .off) private func freshSum(_ total: Int, _ value: Alive) -> Int {
  total + value.number
}
@Task private func total(_ value: Int) -> Int { value }
@Task private func rejects(_ total: Int, _ value: Int) throws -> Int {
  if value == 3 { throw Three() }
  return total + value
}

private struct Three: Error {}

@Suite(.timeLimit(.minutes(10))) struct ReduceTests {
  @Test(arguments: BackendKind.all)
  func `elements are folded in order, from plain lists and from copies`(
    kind: BackendKind
  ) async throws {
    let plain = Reduce([3, 1, 2], into: "") { $appended($0, $1) }
    #expect(try await plain.value(on: kind.backend) == ",3,1,2")
    let copies = ForEach($upTo(40)) { node("one", [$0]) }
    let folded = copies.reduce("") { $appended($0, $1) }
    let expected = (0..<40).map { ",\($0 + 1)" }.joined()
    #expect(try await folded.value(on: kind.backend) == expected)
    let computed = $upTo(3).reduce(node("start")) { node("add", [$0, $1]) }
    #expect(try await computed.value(on: kind.backend) == 1 + (0 + 1) + (1 + 1) + (2 + 1))
  }

  @Test(arguments: BackendKind.all)
  func `an empty list gives the initial value`(kind: BackendKind) async throws {
    let copies = ForEach($upTo(0)) { node("one", [$0]) }
    #expect(try await copies.reduce(7) { node("add", [$0, $1]) }.value(on: kind.backend) == 7)
    #expect(try await $upTo(0).reduce(7) { node("add", [$0, $1]) }.value(on: kind.backend) == 7)
    #expect(try await $upTo(4).reduce(7) { total, _ in total }.value(on: kind.backend) == 7)
    #expect(try await $upTo(4).reduce(7) { _, element in element }.value(on: kind.backend) == 3)
  }

  @Test(arguments: BackendKind.all)
  func `every choice of cache policies gives the sum, and a second run what is due`(
    kind: BackendKind
  ) async throws {
    for element in ExhaustiveRunTests.policies {
      for combine in ExhaustiveRunTests.policies {
        for isCopied in [false, true] {
          let store = ArtifactStore.inMemory()
          let calls = Calls()
          let list =
            isCopied
            ? ForEach($upTo(50)) { node("one", [$0], .init(cache: element), calls: calls) }
            : $upTo(50)
          let result = node(
            "last",
            [list.reduce(0) { node("add", [$0, $1], .init(cache: combine), calls: calls) }])
          let sum = (0..<50).reduce(1) { $0 + $1 + (isCopied ? 2 : 1) }
          #expect(try await result.value(on: kind.backend, in: store) == sum)
          #expect(calls.count("add") == 50 && calls.count("one") == (isCopied ? 50 : 0))
          _ = calls.take()
          #expect(try await result.value(on: kind.backend, in: store) == sum)
          // What is never cached runs again, and what that needs.
          #expect(calls.count("add") == (combine == .off ? 50 : 0))
          let runsAgain = element == .off || (element == .transient && combine == .off)
          #expect(calls.count("one") == (isCopied && runsAgain ? 50 : 0))
        }
      }
    }
  }

  @Test(arguments: BackendKind.all, [50, 500])
  func `elements are dropped as they are combined`(kind: BackendKind, count: Int) async throws {
    for fold in [$sum, $storedSum, $freshSum] as [(Node<Int>, Node<Alive>) -> Node<Int>] {
      let population = Population()
      let list = ForEach($upTo(count)) { $alive($0, Constant(population)) }
      let result = try await Graph { $total(list.reduce(0) { fold($0, $1) }) }
        .run(on: kind.backend)
      #expect(result.status == .succeeded)
      #expect(population.made == count && population.now == 0)
      #expect(population.peak <= 40)
    }
  }

  @Test(arguments: BackendKind.all)
  func `the list's own limit holds`(kind: BackendKind) async throws {
    let population = Population()
    let list = ForEach($upTo(50), limit: 2) { $alive($0, Constant(population)) }
    let result = list.reduce(0) { $freshSum($0, $1) }
    #expect(try await $total(result).value(on: kind.backend) == 49 * 25)
    #expect(population.peak <= 2)
  }

  @Test(arguments: BackendKind.all)
  func `another consumer of the list has all of it`(kind: BackendKind) async throws {
    let list = ForEach($upTo(100)) { node("one", [$0], TaskAttributes(cache: .transient)) }
    let sum = list.reduce(0) { node("add", [$0, $1], TaskAttributes(cache: .off)) }
    let both = Reduce(list, into: sum) { node("more", [$0, $1]) }
    let expected = (0..<100).reduce(0) { $0 + $1 + 2 } * 2
    #expect(try await both.value(on: kind.backend) == expected)
    #expect(try await list.value(on: kind.backend).count == 100)
  }

  @Test(arguments: BackendKind.all)
  func `reductions nest`(kind: BackendKind) async throws {
    let rows = ForEach($upTo(4)) { row in
      ForEach($upTo(row)) { column in node("cell", [row, column]) }
        .reduce(row) { node("add", [$0, $1]) }
    }
    let total = rows.reduce(0) { total, row in
      $upTo(row).reduce(total) { node("sum", [$0, $1]) }
    }
    let expected = (0..<4).reduce(0) { total, row in
      let value = (0..<row).reduce(row) { $0 + (row + $1 + 1) + 1 }
      return (0..<value).reduce(total) { $0 + $1 + 1 }
    }
    #expect(try await total.value(on: kind.backend) == expected)
  }

  @Test(arguments: BackendKind.all)
  func `a failure says at which element, and skips what follows`(kind: BackendKind) async throws {
    for list in [$upTo(6), ForEach($upTo(6)) { $0 }, ForEach($upTo(6)) { $total($0) }] {
      let graph = Graph { node("last", [list.reduce(0) { $rejects($0, $1) }]) }
      let result = try await graph.run(
        on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
      #expect(result.failures.map(\.places) == [[.element(position: 3, label: nil)]])
      let states = result.reports().filter { $0.task == "rejects" }.map(\.state)
      #expect(states == [.executed, .executed, .executed, .failed, .skipped, .skipped])
    }
  }

  @Test(arguments: BackendKind.all)
  func `a cancelled run continues where it was`(kind: BackendKind) async throws {
    let calls = Calls()
    let store = ArtifactStore.inMemory()
    let graph = Graph {
      ForEach($upTo(8)) { $total($0) }.reduce(0) {
        node("add", [$0, $1], calls: calls) { values, context in
          if values[1] == 3 && calls.names.count == 4 { context.cancellation.cancel() }
          return values[0] + values[1]
        }
      }
    }
    #expect(try await graph.run(on: kind.backend, in: store).status == .cancelled)
    #expect(calls.take().count == 4)
    #expect(try await graph.run(on: kind.backend, in: store).status == .succeeded)
    #expect(calls.take().count == 4)
  }

  @Test func `a plan waits for the list, and knows all copies of a list that is known`()
    async throws
  {
    let store = ArtifactStore.inMemory()
    let list = $upTo(3)
    let graph = Graph { ForEach(list) { node("one", [$0]) }.reduce(0) { node("add", [$0, $1]) } }
    #expect(try await graph.plan(in: store).nodes.map(\.task) == ["upTo"])
    try await Graph { list }.run(in: store)
    let plan = try await graph.plan(in: store)
    #expect(plan.nodes.map(\.task).filter { $0 == "one" }.count == 3)
    #expect(plan.nodes.map(\.task).filter { $0 == "add" }.count == 3)
    try await graph.run(in: store)
    #expect(try await graph.plan(in: store).nodes.allSatisfy { $0.state == .hit })
  }
}
