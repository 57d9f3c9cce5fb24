import Millrace

@testable import MillraceEngine
@testable import MillraceGraph

/// A graph with what a store knows of its nodes: what a `RunState` is played with.
struct StateScenario: CustomStringConvertible {
  enum Kind: Int, CaseIterable {
    case off
    /// Never stored, and made again it has other bytes.
    case unstable
    case transient
    /// Stored, and not in the store.
    case miss
    case hit
    /// In the store, until somebody reads it.
    case unreadable
    /// As ``unreadable``, and its task makes other bytes when it runs again.
    case changing

    var policy: CachePolicy {
      switch self {
      case .off, .unstable: .off
      case .transient: .transient
      default: .stored
      }
    }
    /// Whether what it gives to keys may change in a run.
    var changes: Bool { self == .unstable || self == .changing }
    var isFound: Bool { rawValue >= Kind.hit.rawValue }
    var isLost: Bool { rawValue >= Kind.unreadable.rawValue }
  }

  let graph: AcyclicGraph
  let kinds: [Kind]
  let traversal: Traversal

  /// - Precondition: Positions in the traversal are the graph's numbers.
  init(_ graph: AcyclicGraph, _ kinds: [Kind]) {
    self.graph = graph
    self.kinds = kinds
    var nodes: [Node<Int>] = []
    for index in 0..<graph.count {
      nodes.append(Self.makeNode(index, graph.inputs(of: index).map { nodes[$0] }, kinds[index]))
    }
    traversal = Traversal(graph.leaves.map { nodes[$0].erased })
    precondition(traversal.records.count == graph.count)
  }

  var count: Int { graph.count }
  var description: String { "\(graph.testDescription) \(kinds.map { "\($0)" })" }

  /// Nodes without anything that could run: `RunState` never runs a body.
  private static func makeNode(_ index: Int, _ inputs: [Node<Int>], _ kind: Kind) -> Node<Int> {
    node("n\(index)", inputs, TaskAttributes(cache: kind.policy))
  }

  /// Every assignment of these kinds to so many nodes.
  static func assignments(_ kinds: [Kind], _ count: Int) -> [[Kind]] {
    (0..<count).reduce([[]]) { all, _ in all.flatMap { some in kinds.map { some + [$0] } } }
  }

  // MARK: What the store says

  private static let store = ArtifactStore.inMemory()

  /// By node, of the bytes that it always makes and of other ones.
  private static let records: [[ArtifactRecord]] = (0..<5).map { node in
    (0..<2).map { generation in
      do {
        return try [UInt8(node), UInt8(generation)].withUnsafeBytes {
          try store.save(
            $0, for: key(node, generation),
            facts: ArtifactFacts(codec: "cbor/1", encodedParts: [], task: "t", node: "n"))
        }
      } catch {
        fatalError("A store in memory fails: \(error)")
      }
    }
  }

  static func key(_ node: Int, _ generation: Int) -> Key {
    keys[node][generation]
  }

  private static let keys: [[Key]] = (0..<5).map { node in
    (0..<2).map { Key(.sha256([UInt8(node), UInt8($0)])) }
  }

  static func record(_ node: Int, _ generation: Int) -> ArtifactRecord {
    records[node][generation]
  }

  /// What a node gives to keys, unless a node before it has changed.
  func part(_ node: Int) -> KeyParts.Value {
    switch kinds[node] {
    case .off, .unstable: .integer(node)
    case .transient: .key(Self.key(node, 0))
    default: .digest(Self.record(node, 0).artifact)
    }
  }
}
