import Millrace
import MillraceCoding
import MillraceTesting
import Testing

@Task private func numbers(_ values: [Int]) -> [Int] { values }
@Task private func upTo(_ count: Int) -> [Int] { Array(0..<max(0, count)) }
@Task private func double(_ value: Int) -> Int { value * 2 }
@Task private func isEven(_ value: Int) -> Bool { value.isMultiple(of: 2) }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, +) }
@Task private func weigh(_ name: String, _ value: Int) -> String { "\(name)=\(value)" }
@Task private func joined(_ names: [String]) -> String { names.joined(separator: " ") }
@Task private func listed(_ pairs: [Zipped<String, Int>]) -> String {
  pairs.map { "\($0.first)\($0.second)" }.joined(separator: " ")
}
@Task(cache: .transient) private func boxed(_ value: Int) -> [Box] {
  Array(repeating: Box(value: value), count: value)
}
@Task private func unboxed(_ boxes: [Box]) -> Int { boxes.reduce(0) { $0 + $1.value } }
@Task private func total(_ values: [String: Int]) -> Int { values.values.reduce(0, +) }
@Task private func tree(_ value: Tree) -> Tree { value }
@Task private func forest(_ depth: Int) -> [[Tree]] { [[.leaf(depth)]] }
@Task private func size(_ trees: [Tree]) -> Int { trees.reduce(0) { $0 + $1.leaves } }

private struct Box: Sendable { var value: Int }

/// A value whose lists are encoded as lists of it are.
private enum Tree: TaskValue, Equatable {
  case leaf(Int)
  case list([Tree])

  var leaves: Int {
    switch self {
    case .leaf: 1
    case .list(let trees): trees.reduce(10) { $0 + $1.leaves }
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let leaf = try? container.decode(Int.self) {
      self = .leaf(leaf)
    } else {
      self = .list(try container.decode([Tree].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .leaf(let leaf): try container.encode(leaf)
    case .list(let trees): try container.encode(trees)
    }
  }
}

/// `zip`, `flatten` and `collect`.
@Suite(.timeLimit(.minutes(10))) struct ListOperationTests {
  private func run(
    _ node: Node<some Sendable>, _ kind: BackendKind, in store: ArtifactStore
  ) async throws -> RunResult {
    try await Graph(leaves: [node.erased]).run(on: kind.backend, in: store)
  }

  // MARK: flatten

  @Test(arguments: BackendKind.all)
  func `lists of lists become one list, whose elements are mapped one by one`(
    _ kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    func graph(_ counts: [Int]) -> Node<[Int]> {
      ForEach($numbers(counts), naming: { "\($0)" }) { $upTo($0) }.flatten()
        .map(naming: { "\($0)" }) { $double($0) }
    }
    #expect(try await graph([2, 0, 3]).value(on: kind.backend, in: store) == [0, 2, 0, 2, 4])
    let again = try await run(graph([2, 0, 3]), kind, in: store)
    #expect(again.executed == 0)
    let longer = try await run(graph([2, 0, 4]), kind, in: store)
    #expect(Set(longer.executedNames) == ["numbers", "upTo[4]", "double[3]"])
  }

  @Test(arguments: BackendKind.all)
  func `an array of nodes of lists is flattened like a node of lists`(
    _ kind: BackendKind
  ) async throws {
    let all = flatten([$upTo(2), $upTo(3)])
    #expect(try await all.value(on: kind.backend) == [0, 1, 0, 1, 2])
    #expect(try await $sum(flatten([[1, 2], [], [3]])).value(on: kind.backend) == 6)
    #expect(try await flatten($upTo(0).map { $upTo($0) }).value(on: kind.backend) == [])
  }

  @Test(arguments: BackendKind.all)
  func `elements that are nil are left out, so a When without another arm keeps some`(
    _ kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let even = $upTo(6).map { value in When($isEven(value)) { $double(value) } }.flatten()
    #expect(try await $sum(even).value(on: kind.backend, in: store) == 12)
    #expect(try await run($sum(even), kind, in: store).executed == 0)
    #expect(try await flatten([Optional($double(4)), nil]).value(on: kind.backend) == [8])
  }

  @Test(arguments: BackendKind.all)
  func `values that cannot be encoded are flattened, and consumers keep their keys`(
    _ kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    let answer = $unboxed([1, 2, 3].map { $boxed($0) }.collect().flatten())
    #expect(try await answer.value(on: kind.backend, in: store) == 14)
    #expect(try await run(answer, kind, in: store).executed == 0)
  }

  // MARK: zip

  @Test(arguments: BackendKind.all)
  func `elements at the same place are paired`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let names = ["a", "b", "c"]
    let weights = zip($numbers([1, 2, 3]), $numbers([10, 20, 30])).map {
      $sum([$0, $1])
    }
    #expect(try await weights.value(on: kind.backend, in: store) == [11, 22, 33])

    // A constant and an array of nodes may be one of the two; the method says the same.
    let first = zip(names, $numbers([1, 2, 3])).map(naming: \.first) { $weigh($0, $1) }
    let second = $numbers([1, 2, 3]).zip(names.map { $joined([$0]) }).map { $weigh($1, $0) }
    #expect(try await first.value(on: kind.backend, in: store) == ["a=1", "b=2", "c=3"])
    #expect(try await second.value(on: kind.backend, in: store) == ["a=1", "b=2", "c=3"])
    #expect(try await run(first, kind, in: store).executed == 0)

    let changed = zip(names, $numbers([1, 2, 4])).map(naming: \.first) { $weigh($0, $1) }
    #expect(
      Set(try await run(changed, kind, in: store).executedNames) == ["numbers", "weigh[c]"])
  }

  @Test(arguments: BackendKind.all)
  func `pairs are inputs of tasks, and keyed by what they are made of`(
    _ kind: BackendKind
  ) async throws {
    let store = ArtifactStore.inMemory()
    func list(_ values: [Int]) -> Node<String> { $listed(zip(["x", "y"], $numbers(values))) }
    #expect(try await list([1, 2]).value(on: kind.backend, in: store) == "x1 y2")
    #expect(try await run(list([1, 2]), kind, in: store).executed == 0)
    #expect(try await list([2, 1]).value(on: kind.backend, in: store) == "x2 y1")
    #expect(
      try await $listed([Zipped("z", 3)]).value(on: kind.backend, in: store) == "z3")
  }

  @Test(arguments: BackendKind.all, [true, false])
  func `lists of different lengths fail the run, and nothing is lost unseen`(
    _ kind: BackendKind, _ isMapped: Bool
  ) async throws {
    let (pairs, line) = (zip(["x", "y", "z"], $numbers([1, 2])), #line)
    let node = isMapped ? $joined(pairs.map { $weigh($0, $1) }) : $listed(pairs)
    for _ in 0..<2 {
      let store = ArtifactStore.inMemory()
      let error = await #expect(throws: PipelineError.self) {
        try await node.value(on: kind.backend, in: store)
      }
      let text = "\(try #require(error))"
      #expect(
        text.hasPrefix(
          "'zip' (MillraceEngineTests/ListOperationTests.swift:\(line)) was given 3 and 2 elements; give it lists of one length."
        ))
    }
  }

  @Test(arguments: BackendKind.all)
  func `in a ForEach an element's list is paired with one from outside`(
    _ kind: BackendKind
  ) async throws {
    let weights = $numbers([1, 10, 100])
    let sums = ForEach($numbers([1, 2, 3])) { value in
      $sum(zip(weights, [value, value, value]).map { $sum([$0, $1]) })
    }
    #expect(try await sums.value(on: kind.backend) == [114, 117, 120])
  }

  @Test func `two arrays are paired by Swift, when the graph is built`() {
    let nodes = [$double(1), $double(2)]
    let texts = zip(["a", "b"], nodes).map { name, node in $weigh(name, node).named(name) }
    #expect(texts.count == 2)
    let plain: Zip2Sequence<[Int], [String]> = zip([1, 2], ["a", "b"])
    #expect(plain.underestimatedCount == 2)
  }

  // MARK: collect

  @Test(arguments: BackendKind.all)
  func `nodes are collected into a node`(_ kind: BackendKind) async throws {
    let list = [$double(1), $double(2)].collect()
    #expect(try await list.value(on: kind.backend) == [2, 4])
    #expect(try await $sum(list.map { $double($0) }).value(on: kind.backend) == 12)
    let named = ["a": $double(1), "b": $double(2)].collect()
    #expect(try await named.value(on: kind.backend) == ["a": 2, "b": 4])
    #expect(try await $total(collect(["a": $double(5)])).value(on: kind.backend) == 10)
    #expect(try await collect(Optional($double(5))).value(on: kind.backend) == 10)
    #expect(
      try await ["a", "b"].collect().map { $joined([$0]) }.value(on: kind.backend) == ["a", "b"])
  }

  /// A list of one list is flattened here and a list there, and both are made of one node whose bytes are
  /// the same.
  @Test func `what is flattened has no key of what only looks like it`() async throws {
    let store = ArtifactStore.inMemory()
    let flat = $size(flatten($forest(7)))
    let deep = $size([$tree(.list([.list([.leaf(7)])]))])
    #expect(try await flat.value(in: store) == 1)
    #expect(try await deep.value(in: store) == 21)
  }

  /// Keys stand in stores that are kept for years, and these texts in keys.
  @Test func `what views do is a part of keys, and stays as it is`() async throws {
    let store = ArtifactStore.inMemory()
    func part(_ name: String, _ input: String) throws -> KeyParts.Value? {
      try store.resolve("graph/\(name)").flatMap { store.find($0.key) }?.parts["input:\(input)"]
    }
    func digest(_ value: some Encodable) throws -> KeyParts.Value {
      .digest(.sha256(try CBOR.encode(value)))
    }
    try await Graph {
      $sum(flatten([$upTo(1)])).named("lists")
      $sum(flatten([Optional($double(1))])).named("optionals")
      $listed(zip(["x"], $upTo(1))).named("pairs")
    }.run(in: store)
    #expect(
      try part("lists", "values")
        == .list([digest("flatten lists 5c1e0f7a9b3d4862"), .list([digest([0])])]))
    #expect(
      try part("optionals", "values")
        == .list([digest("flatten optionals 2e94d0b7c6a15f38"), .list([.list([digest(2)])])]))
    #expect(
      try part("pairs", "pairs")
        == .list([digest("zip 8a30d7f2b15c4e69"), digest(["x"]), digest([0])]))
  }
}
