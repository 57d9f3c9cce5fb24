import Millrace
import MillraceTesting
import Testing

@Task private func split(_ rows: [Int], at share: Int = 2) -> (train: [Int], test: [Int]) {
  (train: Array(rows.prefix(share)), test: Array(rows.dropFirst(share)))
}

@Task private func pair(_ x: Int) -> (Int, name: String) { (x, name: "n\(x)") }

@Task private func fit(_ parts: (train: [Int], test: [Int]), rate: Int = 1) -> Int {
  (parts.train.reduce(0, +) * 10 + parts.test.reduce(0, +)) * rate
}

@Task private func sum(_ rows: [Int]) -> Int { rows.reduce(0, +) }

@Task(cache: .transient) private func held(_ x: Int) -> (handle: Handle, x: Int) {
  (handle: Handle(), x: x)
}

@Task private func use(_ handle: Handle, _ x: Int) -> Int { x }

@Task private struct Halves {
  var rows: [Int]
  func run() throws -> (low: Int, high: Int) { (low: rows.count / 2, high: rows.count) }
}

private struct Handle: Sendable {}

/// Tuples between tasks: stored, taken apart, put together.
@Suite(.timeLimit(.minutes(10))) struct TupleTests {
  private func run(
    _ kind: BackendKind, _ store: ArtifactStore, _ node: Node<Int>
  ) async throws -> RunResult {
    try await Graph(leaves: [node.erased]).run(on: kind.backend, in: store).get()
  }

  @Test(arguments: BackendKind.all)
  func `a tuple is stored as one value`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let parts: Node<(train: [Int], test: [Int])> = $split([1, 2, 3])
    let first = try await parts.value(on: kind.backend, in: store)
    #expect(first == (train: [1, 2], test: [3]))
    let second = try await parts.value(on: kind.backend, in: store)
    #expect(second == (train: [1, 2], test: [3]))
    #expect(store.runs().count == 1)
    // One array of the elements: a reader needs no labels.
    let binding = try #require(store.resolve("graph/split"))
    #expect(binding.codec == "cbor/1")
    #expect(try store.read("graph/split", as: [[Int]].self) == [[1, 2], [3]])
    let named = try await $pair(4).value(on: kind.backend, in: store)
    #expect(named == (4, name: "n4"))
  }

  @Test(arguments: BackendKind.all)
  func `elements are nodes, keyed one by one`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    func graph(_ rows: [Int]) -> Graph {
      let (train, test) = $split(rows)
      return Graph {
        $sum(train).named("train")
        $sum(test).named("test")
      }
    }
    let first = try await graph([1, 2, 3]).run(on: kind.backend, in: store).get()
    #expect(Set(first.executedNames) == ["split", "train", "test"])
    let second = try await graph([1, 2, 4]).run(on: kind.backend, in: store).get()
    #expect(Set(second.executedNames) == ["split", "test"] && second.hitNames == ["train"])
  }

  @Test(arguments: BackendKind.all)
  func `members and the whole value are inputs too`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let parts = $split([1, 2, 3, 4], at: $sum([3])).named("parts")
    #expect(try await $sum(parts.train).value(on: kind.backend, in: store) == 6)
    #expect(try await $fit(parts).value(on: kind.backend, in: store) == 64)
    #expect(try await run(kind, store, $fit(parts)).hits == 3)
    #expect(try await $fit(parts, rate: 2).value(on: kind.backend, in: store) == 128)
    let high = $Halves(rows: [1, 2]).high
    #expect(try await $sum([high, high]).value(on: kind.backend, in: store) == 4)
  }

  @Test(arguments: BackendKind.all)
  func `nodes are put together to a tuple`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    func joined(_ last: Int) -> Node<Int> {
      $fit((train: [$sum([1]), $sum([2])], test: $split([0, 0, last]).test), rate: 1)
    }
    #expect(try await joined(5).value(on: kind.backend, in: store) == 35)
    #expect(try await run(kind, store, joined(5)).executed == 0)
    #expect(try await joined(6).value(on: kind.backend, in: store) == 36)
  }

  @Test(arguments: BackendKind.all)
  func `a constant tuple is part of the key`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    func node(_ last: Int) -> Node<Int> { $fit((train: [1], test: [last])) }
    #expect(try await node(2).value(on: kind.backend, in: store) == 12)
    #expect(try await run(kind, store, node(2)).hits == 1)
    #expect(try await node(3).value(on: kind.backend, in: store) == 13)
  }

  @Test(arguments: BackendKind.all)
  func `elements that are not Codable stay in memory`(_ kind: BackendKind) async throws {
    let (handle, x) = $held(3)
    #expect(try await $use(handle, x).value(on: kind.backend) == 3)
  }
}
