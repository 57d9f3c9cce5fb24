import Millrace
import MillraceTesting
import Synchronization
import Testing

/// Tasks that are not deterministic, made again in a run because their artifacts were lost.
///
/// Whatever is stored then must be stored under the key of what it was really made of.
@Suite(.timeLimit(.minutes(10))) struct ReplanningTests {
  /// A source that gives another value whenever it runs.
  private final class Drifting: Sendable {
    let value = Mutex(0)
    func next() -> Int {
      value.withLock { value in
        value += 1
        return value
      }
    }
  }

  /// Checks that each recorded result of `name` is what it must be for the input that its key names.
  private func checkRecords(
    _ names: [String], _ store: ArtifactStore, _ function: (Int) -> Int
  ) throws {
    for name in names {
      let binding = try #require(store.resolve("graph/\(name)"))
      let record = try #require(store.find(binding.key))
      let value = try CBOR.decode(Int.self, from: store.load(record))
      let input = value - (function(0))
      #expect(try record.parts["input:p0"] == .digest(.sha256(CBOR.encode(input))), "\(name)")
    }
  }

  @Test(arguments: BackendKind.all)
  func `consumers of a source that is made again get its new bytes and keys`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let drifting = Drifting()
    func graph(version: Int) -> Graph {
      Graph {
        let source = node("source") { _, _ in drifting.next() }
        for index in 0..<5 {
          node("c\(index)", [source], TaskAttributes(version: version)) { inputs, _ in
            inputs[0] + 1000
          }
        }
      }
    }
    try await graph(version: 1).run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    try counter.spoil("source", in: store)
    let result = try await graph(version: 2).run(on: kind.backend, in: store)
    #expect(result.status == .succeeded)
    #expect(drifting.value.withLock { $0 } == 2)
    try checkRecords((0..<5).map { "c\($0)" }, store) { $0 + 1000 }
  }

  @Test(arguments: BackendKind.all)
  func `no result is stored under a stale key, through transient nodes and lists either`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    let drifting = Drifting()
    func graph(version: Int) -> (Graph, Node<Int>) {
      let source = node("source") { _, _ in drifting.next() }
      let passed = node("passed", [source], TaskAttributes(cache: .transient)) { inputs, _ in
        inputs[0]
      }
      let other = node("other")
      let sum = node("sum", [passed, other, source], TaskAttributes(version: version)) {
        inputs, _ in inputs[0] * 100 + inputs[2]
      }
      let list = $listed([source, other, passed], version)
      return (Graph(leaves: [sum.erased, list.erased]), sum)
    }
    try await graph(version: 1).0.run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    try counter.lose("source", in: store)
    let (second, sum) = graph(version: 2)
    let result = try await second.run(on: kind.backend, in: store)
    #expect(result.status == .succeeded)
    #expect(try result.value(of: sum) == 202)
    // What was stored is found again, so it stands under the key of what the source is now.
    let again = try await graph(version: 2).0.run(on: kind.backend, in: counter.open())
    #expect(again.executed == 0 && again.status == .succeeded)
  }

  @Test(arguments: BackendKind.all)
  func `an uncached source that is run again gives its consumers new keys`(
    kind: BackendKind
  ) async throws {
    let counter = StorageCounter()
    // 7, 7, then 8: the second run finds the consumer, loses its bytes, and asks the source again.
    let values = Mutex([7, 7, 8])
    func graph(version: Int) -> (Graph, Node<Int>) {
      let source = node("source", [], TaskAttributes(cache: .off)) { _, _ in
        values.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
      }
      let stored = node("stored", [source]) { inputs, _ in inputs[0] + 1000 }
      let last = node("last", [stored], TaskAttributes(version: version)) { inputs, _ in inputs[0] }
      return (Graph { last }, last)
    }
    try await graph(version: 1).0.run(on: kind.backend, in: counter.open())
    let store = try counter.open()
    try counter.spoil("stored", in: store)
    let (second, last) = graph(version: 2)
    let result = try await second.run(on: kind.backend, in: store)
    #expect(result.status == .succeeded)
    #expect(try result.value(of: last) == 1008)
    try checkRecords(["stored"], store) { $0 + 1000 }
  }
}

@Task private func listed(_ values: [Int], _ version: Int) -> [Int] { values }
