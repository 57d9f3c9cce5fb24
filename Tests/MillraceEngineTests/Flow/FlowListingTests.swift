import Millrace
import Testing

@testable import MillraceEngine
@testable import MillraceGraph
@testable import MillraceStore

/// What the log gets to know of a run that went the short way is what `RunState` would have said.
@Suite struct FlowListingTests {
  private struct Plain: RunPlugin {}

  private struct Said: Equatable {
    var listing: RunListing?
    var view: Digest?
    var names: [String]
  }

  private static func said(
    of graph: Graph, on backend: any Backend, in store: ArtifactStore, isLong: Bool
  ) async throws -> Said {
    let result = try await graph.run(
      on: backend, in: store, options: .with { if isLong { $0.plugins = [Plain()] } })
    return Said(
      listing: try store.listing(of: result.run), view: store.lastView(of: RunOptions().pipeline),
      names: store.names().map(\.name))
  }

  private static func compare(
    on kind: BackendKind, _ graphs: [() -> Graph], sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let (short, long) = (ArtifactStore.inMemory(), ArtifactStore.inMemory())
    for (number, graph) in graphs.enumerated() {
      let first = try await said(of: graph(), on: kind.backend, in: short, isLong: false)
      let second = try await said(of: graph(), on: kind.backend, in: long, isLong: true)
      #expect(first == second, "run \(number)", sourceLocation: sourceLocation)
      #expect(second.view != nil, "run \(number)", sourceLocation: sourceLocation)
      if number == 0 { #expect(second.listing != nil, sourceLocation: sourceLocation) }
    }
  }

  @Test(arguments: BackendKind.all)
  func `listings, views and names of small graphs are the same on either way`(
    kind: BackendKind
  ) async throws {
    for shape in FlowRecordsTests.Shape.all(4) {
      var changed = shape
      changed.versions[2] += 1
      try await Self.compare(
        on: kind,
        [shape, shape, changed, shape].map { shape in
          { shape.graph(Calls(), .together).graph }
        })
    }
  }

  @Test(arguments: BackendKind.all)
  func `nodes that share a name are told apart in the same way`(kind: BackendKind) async throws {
    try await Self.compare(
      on: kind,
      [
        { Graph { (0..<40).map { $plus($plus($0, 1), 2) } } },
        {
          Graph {
            let first = (0..<20).map { $plus($0, -1) }
            $sum(first)
            first.map { $sum([$0, $0]) }
          }
        },
      ])
  }

  /// As many as it takes for planning to use several threads.
  @Test(arguments: BackendKind.all)
  func `large graphs have the same keys, however many threads made them`(
    kind: BackendKind
  ) async throws {
    func graph(_ first: Int) -> Graph {
      Graph {
        (first..<first + 1200).map { $plus($0, 1) }
        (0..<300).map { $join(["\($0)", "é"], 0.5) }
        $sum((0..<10).map { $plus($plus($0, 1), 1) })
        (0..<100).map { $plus($0, 1) }
      }
    }
    try await Self.compare(on: kind, [{ graph(0) }, { graph(600) }, { graph(0) }])
  }

  @Test(arguments: BackendKind.all)
  func `long chains have names, however many workers name them`(kind: BackendKind) async throws {
    try await Self.compare(
      on: kind,
      [
        {
          Graph { (1..<2000).reduce($plus(0, 0)) { $plus($0, $1) } }
        }
      ])
  }
}

@Task private func plus(_ value: Int, _ other: Int) -> Int { value &+ other }
@Task private func join(_ texts: [String], _ weight: Double) -> String { "\(texts) \(weight)" }
@Task private func sum(_ values: [Int]) -> Int { values.reduce(0, &+) }
