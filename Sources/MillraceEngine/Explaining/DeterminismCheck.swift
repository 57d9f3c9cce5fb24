public import MillraceCoding
public import MillraceGraph
public import MillraceStore
import Synchronization

/// What became of a node that ran again only to be compared with its result.
public struct DeterminismCheck: Sendable {
  /// The node's name.
  public var node: String
  /// The result that it was compared with.
  public var expected: ArtifactRecord
  /// The digest of the bytes that it gave now.
  public var artifact: Digest
  /// How many bytes it gave now.
  public var size: Int

  /// Whether it gave the same bytes.
  public var isSame: Bool { artifact == expected.artifact }
}

/// The nodes that a run compares, and what it found.
final class DeterminismChecks: Sendable {
  private struct State {
    var expected: [Int: ArtifactRecord] = [:]
    var found: [Int: DeterminismCheck] = [:]
  }
  private let pattern: Glob
  private let state = Mutex(State())

  init(_ pattern: String) { self.pattern = Glob(pattern) }

  /// What was found, in the order of the nodes.
  var results: [DeterminismCheck] {
    state.withLock { state in state.found.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// Takes note of a result, if its node is to run all the same.
  ///
  /// - Returns: Whether it is.
  func takes(_ node: Int, named name: String, _ record: ArtifactRecord) -> Bool {
    guard pattern.matches(name) else { return false }
    state.withLock { $0.expected[node] = record }
    return true
  }

  /// Compares what a node gave with its result; nil for a node that is not compared.
  func compare(
    _ node: Int, named name: String, _ bytes: UnsafeRawBufferPointer
  ) -> ArtifactRecord? {
    guard let expected = state.withLock({ $0.expected[node] }) else { return nil }
    let check = DeterminismCheck(
      node: name, expected: expected, artifact: Digest.sha256(bytes), size: bytes.count)
    state.withLock { $0.found[node] = check }
    return expected
  }
}

extension Graph {
  /// Runs tasks again whose results are stored, and compares what they give now with what they gave.
  ///
  /// Their inputs are read from the store, so only these tasks run. Nothing is recorded, and the earlier
  /// results go on to count.
  ///
  /// - Parameters:
  ///   - pattern: A glob over names of nodes, `train*`.
  ///   - store: Where the results are.
  /// - Returns: What was found for each node that matches.
  /// - Throws: ``PipelineError`` with code `misuse` if a node that matches, or something that it needs,
  ///   has no result that is up to date; `unknownNode` if none matches; the first failure, if a task
  ///   fails.
  public func checkDeterminism(
    of pattern: String, on backend: any Backend = .local, in store: ArtifactStore,
    options: RunOptions = RunOptions()
  ) async throws -> [DeterminismCheck] {
    var options = options
    // One whose nodes are described goes the long way, on which single nodes can be told from others.
    options.describesPlan = true
    options.exportFolder = nil
    // The nodes themselves, if they are known before the run; those of a `ForEach` are not.
    let queried = try options.applyQueries(to: self)
    let known = queried.nodes(matching: pattern).map(\.node)
    let graph = known.isEmpty ? queried : Graph(leaves: known)
    let stale = try await graph.plan(on: backend, in: store, options: options).nodes.filter {
      node in
      node.state == .waiting || node.state == .run && node.reason != .notCached
    }
    if let first = stale.first {
      throw PipelineError(
        .misuse,
        "Node '\(first.name)' has no result to compare with: \(first.explanation ?? ""). Run the pipeline first.",
        node: first.name)
    }
    let checks = DeterminismChecks(pattern)
    options.determinismChecks = checks
    try await graph.plan(on: backend, in: store, options: options).run().get()
    let results = checks.results
    guard !results.isEmpty else {
      throw PipelineError(
        .unknownNode,
        "No node whose value is stored matches '\(pattern)'; 'plan' lists the nodes.")
    }
    return results
  }
}
