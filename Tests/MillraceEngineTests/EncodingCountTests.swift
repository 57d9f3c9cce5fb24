import Millrace
import MillraceTesting
import Synchronization
import Testing

/// Counts how often values of it are encoded.
private struct Counted: Codable, Sendable {
  var value: Int
  final class Counter: Sendable {
    let count = Atomic<Int>(0)
  }
  var counter: Counter?

  init(_ value: Int, _ counter: Counter?) {
    self.value = value
    self.counter = counter
  }

  init(from decoder: any Decoder) throws {
    value = try decoder.singleValueContainer().decode(Int.self)
  }

  func encode(to encoder: any Encoder) throws {
    counter?.count.add(1, ordering: .relaxed)
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

@Task private func stored(_ value: Counted) -> Counted { value }
@Task(cache: .transient) private func transient(_ value: Counted) -> Counted { value }
@Task(cache: .off) private func off(_ value: Counted) -> Counted { value }
@Task private func made(_ value: Int, _ counter: Counted.Counter) -> Counted {
  Counted(value, counter)
}
@Task(cache: .transient) private func passed(_ value: Int, _ counter: Counted.Counter) -> Counted {
  Counted(value, counter)
}
@Task(cache: .off) private func fresh(_ value: Int, _ counter: Counted.Counter) -> Counted {
  Counted(value, counter)
}
@Task private func sum(_ values: [Counted]) -> Int { values.reduce(0) { $0 + $1.value } }
@Task private func plus(_ value: Counted, _ other: Int) -> Int { value.value + other }
@Task(cache: .off) private func offSum(_ values: [Counted]) -> Int {
  values.reduce(0) { $0 + $1.value }
}

@Task(cache: .off) private func calm(_ value: Counted, context: TaskContext) -> Bool {
  context.isCancelled
}
@Task(cache: .off) private func lucky(_ value: Counted, context: TaskContext) -> Digest {
  context.seed
}

extension Counted.Counter: Encodable {
  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode("counter")
  }
}

@Suite(.timeLimit(.minutes(10))) struct EncodingCountTests {
  @Test(arguments: BackendKind.all)
  func `each stored value is encoded once`(kind: BackendKind) async throws {
    let counter = Counted.Counter()
    let source = $made(1, Constant(counter))
    let sides = (0..<5).map { _ in $stored($stored(source)) } + [source]
    let total = $sum(sides)
    let result = try await Graph { total }.run(on: kind.backend)
    #expect(try result.value(of: total) == 6)
    // `made`, and one `stored`: the others get equal bytes and so have its key.
    #expect(counter.count.load(ordering: .relaxed) == 2)
    #expect(result.encodes == 3 && result.executed == 3)
  }

  @Test(arguments: BackendKind.all)
  func `nothing is encoded between transient nodes`(kind: BackendKind) async throws {
    let counter = Counted.Counter()
    let source = $passed(1, Constant(counter))
    let total = $sum((0..<5).map { _ in $transient($transient(source)) })
    let result = try await Graph { total }.run(on: kind.backend)
    #expect(try result.value(of: total) == 5)
    #expect(counter.count.load(ordering: .relaxed) == 0)
    #expect(result.encodes == 1)
  }

  @Test(arguments: BackendKind.all)
  func `nothing is encoded between uncached nodes`(kind: BackendKind) async throws {
    let counter = Counted.Counter()
    let source = $fresh(1, Constant(counter))
    let total = $offSum((0..<5).map { _ in $off($off(source)) })
    let result = try await Graph { total }.run(
      on: kind.backend, options: .with { $0.keepingValues = [total.erased] })
    #expect(try result.value(of: total) == 5)
    #expect(counter.count.load(ordering: .relaxed) == 0)
    #expect(result.encodes == 0)
  }

  @Test(arguments: BackendKind.all)
  func `an uncached value is encoded once for the keys of all its stored consumers`(
    kind: BackendKind
  ) async throws {
    let counter = Counted.Counter()
    let source = $fresh(1, Constant(counter))
    let result = try await Graph {
      $sum([source])
      $sum([source, source])
      $sum([source, source, source])
    }.run(on: kind.backend)
    #expect(result.executed == 4)
    #expect(counter.count.load(ordering: .relaxed) == 1)
  }

  @Test(arguments: BackendKind.all)
  func `a value whose consumers were skipped is neither encoded nor kept`(
    kind: BackendKind
  ) async throws {
    let counter = Counted.Counter()
    let result = try await Graph {
      let bad = node("bad") { _, _ in throw CancellationError() }
      let late = node("late", [bad])
      $plus($fresh(1, Constant(counter)), late)
    }.run(on: kind.backend, options: .with { $0.failurePolicy = .keepGoing })
    #expect(result.names(.skipped) == ["late", "plus"])
    // A wide backend may have begun with the value before the failure was known.
    let most = kind.testDescription == "local" ? 0 : 1
    #expect(counter.count.load(ordering: .relaxed) <= most)
  }

  @Test(arguments: BackendKind.all)
  func `a constant is not encoded for a context whose seed nobody reads`(
    kind: BackendKind
  ) async throws {
    let counter = Counted.Counter()
    let constant = Constant(Counted(1, counter))
    // The limit keeps a graph from the short way.
    for node in [$calm(constant), $calm(constant).timeout(.seconds(100))] {
      #expect(try await node.value(on: kind.backend) == false)
    }
    #expect(counter.count.load(ordering: .relaxed) == 0)
    let seed = try await $lucky(constant).value(on: kind.backend)
    #expect(counter.count.load(ordering: .relaxed) > 0)
    #expect(try await $lucky(constant).timeout(.seconds(100)).value(on: kind.backend) == seed)
  }
}
