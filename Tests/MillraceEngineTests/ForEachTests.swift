import Millrace
import MillraceTesting
import Synchronization
import Testing

private let calls = Mutex<[String: [String]]>([:])
private func note(_ scope: String, _ what: String) {
  calls.withLock { $0[scope, default: []].append(what) }
}
private func noted(_ scope: String) -> [String] { calls.withLock { $0[scope] ?? [] }.sorted() }

@Task private func list(_ scope: String, _ count: Int) -> [Int] { Array(0..<count) }
@Task private func square(_ value: Int, scope: String) -> Int {
  note(scope, "square \(value)")
  return value * value
}
@Task private func outer(scope: String) -> Int {
  note(scope, "outer")
  return 100
}
@Task private func plus(_ left: Int, _ right: Int) -> Int { left + right }
@Task private func count(_ values: [[Int]]) -> [Int] { values.map(\.count) }
@Task private func upTo(_ value: Int) -> [Int] { Array(0..<value) }
@Task private func effect(_ value: Int, scope: String) { note(scope, "effect \(value)") }
@Task(cache: .transient) private func passing(_ value: Int, scope: String) -> Opaque {
  note(scope, "passing \(value)")
  return Opaque(value: value)
}
@Task private func unpacked(_ values: [Opaque]) -> [Int] { values.map(\.value) }
@Task private func even(_ value: Int) throws -> Int {
  if value % 2 == 1 { throw Odd() }
  return value
}

private struct Opaque: Sendable { var value: Int }
private struct Odd: Error {}

@Suite(.timeLimit(.minutes(10))) struct ForEachTests {
  @Test(arguments: BackendKind.all)
  func `constant and computed lists give results in their elements' order`(
    kind: BackendKind
  ) async throws {
    let squares = ForEach([3, 1, 2]) { $square($0, scope: "") }
    #expect(try await squares.value(on: kind.backend) == [9, 1, 4])
    let computed = $list("", 40).map { $plus($square($0, scope: ""), $0) }
    #expect(try await computed.value(on: kind.backend) == (0..<40).map { $0 * $0 + $0 })
  }

  @Test(arguments: BackendKind.all)
  func `an empty list runs nothing of the template, and nothing that only it needs`(
    kind: BackendKind
  ) async throws {
    let scope = "empty \(kind.testDescription)"
    let captured = $outer(scope: scope)
    let empty = ForEach($list("", 0)) { $plus(captured, $square($0, scope: scope)) }
    let result = try await Graph { empty }.run(
      on: kind.backend, options: .with { $0.keepingValues = [empty.erased] })
    #expect(try result.value(of: empty) == [])
    #expect(noted(scope).isEmpty)
    #expect(result.names(.notNeeded) == ["outer"])
    #expect(result.status == .succeeded)
  }

  @Test(arguments: BackendKind.all)
  func `what does not depend on the element runs once`(kind: BackendKind) async throws {
    let scope = "once \(kind.testDescription)"
    let results = ForEach([1, 2, 3]) { element in
      $plus($square($outer(scope: scope), scope: scope), element)
    }
    #expect(try await results.value(on: kind.backend) == [10001, 10002, 10003])
    #expect(noted(scope) == ["outer", "square 100"])
  }

  @Test(arguments: BackendKind.all)
  func `equal elements run once`(kind: BackendKind) async throws {
    let scope = "duplicates \(kind.testDescription)"
    let results = ForEach([2, 3, 2, 2]) { $square($0, scope: scope) }
    let store = ArtifactStore.inMemory()
    #expect(try await results.value(on: kind.backend, in: store) == [4, 9, 4, 4])
    #expect(noted(scope) == ["square 2", "square 3"])
    #expect(try await results.value(on: kind.backend, in: store) == [4, 9, 4, 4])
    #expect(noted(scope).count == 2)
  }

  @Test(arguments: BackendKind.all)
  func `equal elements of transient nodes run once as well`(kind: BackendKind) async throws {
    let scope = "transient \(kind.testDescription)"
    let values = $unpacked(ForEach([2, 3, 2]) { $passing($0, scope: scope) })
    #expect(try await values.value(on: kind.backend) == [2, 3, 2])
    #expect(noted(scope) == ["passing 2", "passing 3"])
  }

  @Test(arguments: BackendKind.all)
  func `a further element runs one copy, wherever it stands`(kind: BackendKind) async throws {
    let scope = "further \(kind.testDescription)"
    let store = ArtifactStore.inMemory()
    func run(_ elements: [Int]) async throws -> [Int] {
      try await ForEach(elements) { $square($0, scope: scope) }.value(on: kind.backend, in: store)
    }
    #expect(try await run([1, 2]) == [1, 4])
    #expect(try await run([5, 2, 1]) == [25, 4, 1])
    #expect(noted(scope) == ["square 1", "square 2", "square 5"])
  }

  @Test(arguments: BackendKind.all)
  func `templates nest and reach outer elements and nodes`(kind: BackendKind) async throws {
    let base = $outer(scope: "")
    let nested = ForEach($list("", 4)) { row in
      ForEach($upTo(row)) { column in $plus($plus(row, base), column) }
    }
    #expect(
      try await nested.value(on: kind.backend)
        == [[], [101], [102, 103], [103, 104, 105]])
    #expect(try await $count(nested).value(on: kind.backend) == [0, 1, 2, 3])
  }

  @Test(arguments: BackendKind.all)
  func `the result may be the element or a node outside`(kind: BackendKind) async throws {
    let node = $outer(scope: "")
    let elements = ForEach($list("", 3)) { $0 }
    let outers = ForEach($list("", 3)) { _ in node }
    #expect(try await elements.value(on: kind.backend) == [0, 1, 2])
    #expect(try await outers.value(on: kind.backend) == [100, 100, 100])
    let row = $count(ForEach([2, 1]) { element in ForEach($upTo(element)) { $0 } })
    #expect(try await row.value(on: kind.backend) == [2, 1])
  }

  @Test func `named nodes inside have the name and a suffix for each element`() async throws {
    let shared = $outer(scope: "").named("shared")
    let results = ForEach([1, 2]) { element in
      let squared = $square(element, scope: "").named("squared")
      return $plus(squared, shared).named("result")
    }
    let result = try await Graph { results }.run()
    let names = result.reports().map(\.name)
    #expect(names.count == 5 && Set(names).count == 5)
    #expect(names.first == "shared")
    #expect(names.count { $0.hasPrefix("squared#") } == 2)
    #expect(names.count { $0.hasPrefix("result#") } == 2)
  }

  @Test(arguments: BackendKind.all)
  func `effects run for each element`(kind: BackendKind) async throws {
    let scope = "effects \(kind.testDescription)"
    let graph = Graph { ForEach($list("", 3)) { $effect($0, scope: scope) } }
    let result = try await graph.run(on: kind.backend)
    #expect(result.status == .succeeded)
    #expect(noted(scope) == ["effect 0", "effect 1", "effect 2"])
  }

  @Test(arguments: BackendKind.all)
  func `a leaf's transient copies run, as a transient leaf does`(kind: BackendKind) async throws {
    let scope = "leaf \(kind.testDescription)"
    let graph = Graph { ForEach($list("", 3)) { $passing($0, scope: scope) } }
    try await graph.run(on: kind.backend)
    #expect(noted(scope) == ["passing 0", "passing 1", "passing 2"])
  }

  @Test(arguments: BackendKind.all)
  func `one failing element leaves the others their results`(kind: BackendKind) async throws {
    let graph = Graph { ForEach($list("", 4)) { $plus($even($0), 1) } }
    let result = try await graph.run(
      on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
    #expect(result.status == .failed)
    #expect(result.failed == 2)
    let states = result.reports().filter { $0.task == "plus" }.map(\.state)
    #expect(states == [.executed, .skipped, .executed, .skipped])
  }

  @Test func `an element that left its closure is an error before anything runs`() async throws {
    nonisolated(unsafe) var escaped: Node<Int>?
    let results = ForEach([1, 2]) { element in
      escaped = $square(element, scope: "escaped")
      return element
    }
    let stray = try #require(escaped)
    for graph in [
      Graph { stray }, Graph { $plus(stray, 1) },
      Graph { ForEach([7]) { $plus($0, stray) } },
      Graph { ForEach([7]) { outer in ForEach([8]) { $plus($plus(outer, stray), $0) } } },
    ] {
      let error = await #expect(throws: PipelineError.self) { try await graph.run() }
      #expect(error?.code == .escapedElement)
    }
    try await Graph { results }.run()
    #expect(noted("escaped").isEmpty)
  }

  @Test(arguments: BackendKind.all)
  func `a leaf's stored copies do not stay in memory`(kind: BackendKind) async throws {
    let population = Population()
    let graph = Graph {
      ForEach($list("", 50)) { $storedLoad($held($0, Constant(population))) }
      ForEach($list("", 50)) { $held($0, Constant(population)) }
    }
    let result = try await graph.run(on: kind.backend)
    #expect(result.status == .succeeded)
    #expect(population.made == 50)
    // Two for each body in execution: its input and its output.
    #expect(population.peak <= 10)
    #expect(population.now == 0)
  }

  @Test func `one after the other, nested copies run in the order of their elements`() async throws
  {
    let recorder = EventRecorder()
    try await Graph {
      ForEach([1, 2, 3], naming: \.description) { first in
        $largest(ForEach([10, 20], naming: \.description) { $plus(first, $0) })
      }
    }.run(on: .local, options: .with { $0.observers = [recorder] }).get()
    let nested = ["1", "2", "3"].flatMap {
      ["plus[\($0)][10]", "plus[\($0)][20]", "largest[\($0)]"]
    }
    #expect(recorder.startedNames == nested)
  }
}

@Task private func largest(_ values: [Int]) -> Int { values.max() ?? 0 }
@Task private func held(_ number: Int, _ population: Population) -> Held {
  Held(alive: Alive(number, in: population))
}
@Task private func storedLoad(_ value: Held) -> Int { value.alive?.number ?? 0 }

/// An object that can be encoded, to see how long stored values are in memory.
private struct Held: Codable, Sendable {
  var alive: Alive?
  init(alive: Alive?) { self.alive = alive }
  init(from decoder: any Decoder) throws { alive = nil }
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(alive?.number)
  }
}
