import Millrace
import MillraceTesting
import Testing

@Task private func number(_ x: Int) -> Int { x }
@Task private func weigh(_ words: [String: Int]) -> String {
  words.sorted { $0.key < $1.key }.map { "\($0.key)\($0.value)" }.joined(separator: " ")
}
@Task private func either(_ x: Int?, _ lists: [[Int]] = [], _ named: [Int: [Int]]? = nil) -> Int {
  (x ?? -1) + lists.joined().reduce(0, +) + (named?[1]?[0] ?? 0)
}

/// Dictionaries, optionals and arrays of nodes as inputs.
@Suite(.timeLimit(.minutes(10))) struct CollectionInputTests {
  @Test(arguments: BackendKind.all)
  func `a dictionary of nodes has one edge for each value`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let names = ["b", "a", "c"]
    func graph(_ names: [String], last: Int = 3) -> Node<String> {
      var words: [String: Node<Int>] = [:]
      for name in names { words[name] = $number(name == "c" ? last : 1).named(name) }
      return $weigh(words).named("weigh")
    }
    #expect(try await graph(names).value(on: kind.backend, in: store) == "a1 b1 c3")
    // The order in which a dictionary was filled is nobody's business.
    for order in [names, names.reversed()] {
      let result = try await Graph(leaves: [graph(order).erased]).run(on: kind.backend, in: store)
      #expect(result.hits == 4 && result.executed == 0)
    }
    let changed = try await Graph(leaves: [graph(names, last: 4).erased]).run(
      on: kind.backend, in: store)
    #expect(Set(changed.executedNames) == ["c", "weigh"])
  }

  @Test(arguments: BackendKind.all)
  func `an optional is a node, a value or nothing`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    func value(_ node: Node<Int>) async throws -> Int {
      try await node.value(on: kind.backend, in: store)
    }
    #expect(try await value($either(Optional($number(2)))) == 2)
    #expect(try await value($either(2)) == 2)
    #expect(try await value($either(nil)) == -1)
    #expect(try await value($either(Node<Int>?.none)) == -1)
  }

  @Test(arguments: BackendKind.all)
  func `collections nest`(_ kind: BackendKind) async throws {
    let store = ArtifactStore.inMemory()
    let node = $either(
      Optional($number(1)), [[$number(10), $number(20)], [$number(30)]],
      Optional([1: [$number(100)]]))
    #expect(try await node.value(on: kind.backend, in: store) == 161)
    let again = try await Graph(leaves: [node.erased]).run(on: kind.backend, in: store)
    #expect(again.executed == 0)
  }
}
