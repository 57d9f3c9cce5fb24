import Millrace
import MillraceTesting
import Testing

@Task private func number(_ value: Int) -> Int { value }
@Task private func doubled(_ value: Int) async -> Int {
  await Swift.Task.yield()
  return value * 2
}
@Task private func checked(_ value: Int) throws -> Int {
  if value < 0 { throw Negative() }
  return value
}
@Task private func checkedLater(_ value: Int) async throws -> Int {
  await Swift.Task.yield()
  return try checked(value)
}
@Task private func add(_ left: Int, _ right: Int) -> Int { left + right }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task private func orZero(_ value: Int?) -> Int { value ?? 0 }
@Task private func listed(_ values: [String: Int]) -> [String] {
  values.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
}
@Task private func point(_ x: Int, _ y: Int) -> Point { Point(x: x, y: y, label: "\(x),\(y)") }
@Task private func text(_ value: String) -> String { value }
@Task(cache: .off) private func wide(_ value: Int) -> Wide { Wide(a: value, b: 2, c: 3, d: 4) }
@Task private func narrow(_ value: Wide) -> Int { value.a + value.d }
@Task(cache: .transient) private func vector(_ value: Float) -> SIMD16<Float> {
  .init(repeating: value)
}
@Task(cache: .transient) private func total(_ value: SIMD16<Float>) -> Float { value.sum() }

private struct Negative: Error {}
private struct Point: Codable, Sendable {
  var x: Int
  var y: Int
  var label: String
}
private struct Wide: Codable, Sendable { var a, b, c, d: Int }

/// What every backend must do. A backend of your own is right if it passes these tests as well.
@Suite(.timeLimit(.minutes(10))) struct BackendTests {
  @Test(arguments: BackendKind.all)
  func `bodies of every kind give their values`(kind: BackendKind) async throws {
    let node = $checkedLater($checked($doubled($number(4))))
    #expect(try await node.value(on: kind.backend) == 8)
  }

  @Test(arguments: BackendKind.all)
  func `a diamond joins what both sides made of one node`(kind: BackendKind) async throws {
    let top = $number(3)
    let joined = $add($doubled(top), $add(top, 1))
    let result = try await Graph { joined }.run(on: kind.backend)
    #expect(result.executed == 4)
    #expect(try result.value(of: joined) == 10)
  }

  @Test(arguments: BackendKind.all, [CachePolicy.stored, .transient, .off])
  func `a wide fan out and in gives every value once`(
    kind: BackendKind, cache: CachePolicy
  ) async throws {
    let source = $number(1).cache(cache)
    let sides = (0..<300).map { $add(source, $0).cache(cache) }
    let total = $sum(sides).cache(cache)
    #expect(try await total.value(on: kind.backend) == 300 + 299 * 150)
  }

  @Test(arguments: BackendKind.all)
  func `optionals, dictionaries and mixed arrays of nodes are edges`(
    kind: BackendKind
  ) async throws {
    let (one, two) = ($number(1), $number(2))
    let some: Node<Int>? = one
    let none: Node<Int>? = nil
    #expect(try await $orZero(some).value(on: kind.backend) == 1)
    #expect(try await $orZero(none).value(on: kind.backend) == 0)
    let words = try await $listed(["a": one, "b": two, "c": one]).value(on: kind.backend)
    #expect(words == ["a=1", "b=2", "c=1"])
    #expect(try await $sum([one, two, one]).value(on: kind.backend) == 4)
    #expect(try await $sum([Node<Int>]()).value(on: kind.backend) == 0)
  }

  @Test(arguments: BackendKind.all)
  func `members of a value are handles of their own`(kind: BackendKind) async throws {
    let point = $point($number(3), 4)
    #expect(try await $add(point.x, point.y).value(on: kind.backend) == 7)
    #expect(try await $text(point.label).value(on: kind.backend) == "3,4")
    #expect(try await point.label.count.value(on: kind.backend) == 3)
  }

  @Test(arguments: BackendKind.all)
  func `values larger or stricter in alignment than a cell arrive whole`(
    kind: BackendKind
  ) async throws {
    #expect(try await $narrow($wide(5)).value(on: kind.backend) == 9)
    #expect(try await $total($vector(0.5)).value(on: kind.backend) == 8)
  }

  @Test(arguments: BackendKind.all)
  func `only ancestors of what is asked for run`(kind: BackendKind) async throws {
    let used = $number(1)
    _ = $add(used, $number(99))
    let result = try await Graph { $doubled(used) }.run(on: kind.backend)
    #expect(result.nodes == 2)
    #expect(result.executedNames == ["number", "doubled"])
  }

  @Test(arguments: BackendKind.all, BackendKind.all)
  func `blocks of one run may be on different backends`(
    outer: BackendKind, inner: BackendKind
  ) async throws {
    let first = $number(1)
    let (left, right) = Block(on: inner.backend) { ($doubled(first), $add(first, 5)) }
    let joined = $add(left, right)
    let last = $number(joined).on(outer.backend)
    #expect(try await last.value(on: outer.backend) == 8)
  }

  @Test(arguments: BackendKind.all)
  func `one graph can run many times at once`(kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let top = $sum((0..<20).map { $add($number($0), 1) })
    let graph = Graph { top }
    let values = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask { try await graph.run(on: kind.backend, in: store).get().value(of: top) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(values == Array(repeating: 210, count: 8))
  }

  @Test(arguments: [0, -1, 5000])
  func `a width that cannot work is an error before anything runs`(width: Int) async throws {
    let calls = Calls()
    let error = await #expect(throws: PipelineError.self) {
      try await Graph { node("a", calls: calls) }.run(on: .dispatch(width))
    }
    #expect(error?.code == .misuse)
    #expect(calls.names.isEmpty)
  }

  @Test func `a block on something that is no backend is an error`() async throws {
    struct Nobody: BackendReference { var name: String { "nobody" } }
    let graph = Graph { Block(on: Nobody()) { node("a") } }
    let error = await #expect(throws: PipelineError.self) { try await graph.run() }
    #expect(error?.code == .misuse)
    #expect(error?.message.contains("'nobody'") == true)
  }
}
