public import MillraceCoding

/// A run with what it recorded of its nodes, to be asked.
public struct RunView: Sendable {
  /// What the log says of the run.
  public let run: RunRecord
  /// What took part in it.
  public let listing: RunListing
  private let store: ArtifactStore
  private let places: [String: Int]

  init(_ run: RunRecord, _ listing: RunListing, in store: ArtifactStore) {
    self.run = run
    self.listing = listing
    self.store = store
    places = Dictionary(listing.nodes.enumerated().map { ($1.name, $0) }) { first, _ in first }
  }

  /// The node of this name, if it took part.
  public func node(named name: String) -> RunListing.Node? {
    places[name].map { listing.nodes[$0] }
  }

  /// The record of the result that a node had in this run: of one that ran its own, of a hit the one that
  /// it found. `nil` where nothing was stored, or it was cleaned away since.
  public func result(of node: RunListing.Node) -> ArtifactRecord? {
    guard let key = node.key else { return nil }
    let records = store.records(of: key)
    if node.state == .executed, let own = records.first(where: { $0.run == run.id }) { return own }
    guard node.state == .executed || node.state == .hit else { return nil }
    return records.first { record in run.ended.map { record.time <= $0 } ?? true }
  }

  /// The record of what a node of this name, or a further output as in `train::plot`, was in this run; `nil`
  /// where ``result(of:)`` is.
  public func result(named name: String) -> ArtifactRecord? {
    if let node = node(named: name) { return result(of: node) }
    guard let (owner, output) = FurtherOutput.split(name), let node = node(named: owner)
    else { return nil }
    if let further = result(of: node)?.facts.further.first(where: { $0.name == output }) {
      return store.record(of: further.key, artifact: further.artifact)
    }
    // That of a node whose value is not stored was named when it was made.
    let own = store.history(of: "\(run.pipeline)/\(name)").first { $0.run == run.id }
    return own.flatMap { store.record(of: $0.key, artifact: $0.artifact) }
  }

  /// The named parts of a node's key; `nil` if it had none, or they are not known any more.
  public func parts(of node: RunListing.Node) -> KeyParts? {
    if let encoded = node.encodedParts { return try? KeyParts(decoding: encoded) }
    guard let key = node.key else { return nil }
    return store.records(of: key).lazy.compactMap { try? $0.parts }.first
  }

  /// The nodes whose values a parameter of a node was made of, in the order of the value's pieces.
  public func sources(of node: RunListing.Node, parameter name: String) -> [RunListing.Node] {
    let parameters = listing.task(of: node).parameters
    let input = node.inputs.first { parameters[$0.parameter] == name }
    return input.map { listing.nodes(of: $0.source).map { listing.nodes[$0] } } ?? []
  }

  /// The nodes that a node takes values of, each once.
  public func sources(of node: RunListing.Node) -> [RunListing.Node] {
    var seen: Set<Int> = []
    return node.inputs.flatMap { listing.nodes(of: $0.source) }
      .filter { seen.insert($0).inserted }.map { listing.nodes[$0] }
  }
}

extension ArtifactStore {
  /// A run with what it recorded of its nodes; `nil` if it recorded nothing of them.
  ///
  /// - Throws: As ``listing(of:)`` does.
  public func view(of run: RunID) throws -> RunView? {
    guard let record = self.run(run), let listing = try listing(of: run) else { return nil }
    return RunView(record, listing, in: self)
  }

  /// The runs of a pipeline that recorded their nodes, the latest first.
  ///
  /// - Parameter pipeline: Nil for all pipelines.
  public func listedRuns(of pipeline: String? = nil) -> [RunRecord] {
    runs().filter { run in
      run.listing != nil && (pipeline == nil || run.pipeline == pipeline)
    }.reversed()
  }
}
