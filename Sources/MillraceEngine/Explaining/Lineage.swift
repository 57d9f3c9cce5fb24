public import MillraceCoding
public import MillraceStore

/// What an artifact was made of, back to what came from outside: a graph of results.
public struct Lineage: Sendable {
  /// A node of a run that gave something to the artifact, or the artifact's own.
  public struct Node: Sendable {
    /// The node's name.
    public var name: String
    /// The task; nil if no run that is recorded says it.
    public var task: RunListing.Task?
    /// The record of its result; nil if its value was not stored.
    public var result: ArtifactRecord?
    /// The fingerprint of the task's code.
    public var fingerprint: String?
    /// The task's version.
    public var version: Int?
    /// The parameters that no node gave, with the short digest of what they were.
    public var constants: [Constant]
    /// Files that it read, with the digests of their contents.
    public var files: [String: Digest]
    /// What other nodes gave.
    public var inputs: [Input]
  }

  /// A parameter with a value from outside.
  public struct Constant: Hashable, Sendable {
    /// The parameter.
    public var parameter: String
    /// The first digits of the digest of the value's encoding.
    public var digest: String
  }

  /// A parameter and the nodes that its value was made of.
  public struct Input: Hashable, Sendable {
    /// The parameter.
    public var parameter: String
    /// Places in ``Lineage/nodes``.
    public var nodes: [Int]
  }

  /// The nodes: first that of the artifact, then what is behind it, breadth first; each once.
  public let nodes: [Node]
  /// The run whose graph this is; nil if none recorded it, and then there is one node.
  public let run: RunRecord?
}

extension ArtifactStore {
  /// What the artifact that a name stands for was made of, as the run that made it recorded it.
  ///
  /// - Throws: `StoreFailure` if what a run recorded cannot be read.
  /// - Complexity: O(*n*) for *n* nodes of the run.
  public func lineage(of binding: NameBinding) throws -> Lineage {
    let record = records(of: binding.key).first { $0.artifact == binding.artifact }
    let name = binding.name.dropping(prefix: "\(record?.facts.pipeline ?? "")/")
    let parts = try? record?.parts
    if let name, parts?["output"] != nil, let owner = FurtherOutput.split(name)?.node {
      let lineage = try lineage(ofNode: owner, record?.owner, of: record)
      return Lineage(ofOutput: Lineage.Node(name, result: record, parts: nil), behind: lineage)
    }
    return try lineage(ofNode: name, binding.key, of: record)
      ?? Lineage(
        nodes: [Lineage.Node(name ?? binding.name, result: record, parts: parts)], run: nil)
  }

  /// What a node was made of.
  ///
  /// - Parameters:
  ///   - key: Nil if it is not known, and any node of the name is meant.
  ///   - record: The result that is asked for.
  /// - Returns: Nil if no run has recorded it.
  private func lineage(
    ofNode name: String?, _ key: Key?, of record: ArtifactRecord?
  ) throws -> Lineage? {
    // The run that made it, or else one that used it.
    let own = try (record?.run).flatMap { try view(of: $0) }
    let views =
      [own].lazy.compactMap(\.self) + listedRuns().lazy.compactMap { try? self.view(of: $0.id) }
    for view in views {
      let named = name.flatMap { view.node(named: $0) }
      let node =
        named.flatMap { key == nil || $0.key == key ? $0 : nil }
        ?? view.listing.nodes.first { key != nil && $0.key == key }
      if let node { return Lineage(node, in: view) }
    }
    return nil
  }
}

extension Lineage {
  /// That of a further output: it stands before the node that made it.
  init(ofOutput output: Node, behind node: Lineage?) {
    var output = output
    guard let node else {
      self.init(nodes: [output], run: nil)
      return
    }
    output.inputs = [Input(parameter: "of", nodes: [1])]
    let nodes = node.nodes.map { node in
      var node = node
      node.inputs = node.inputs.map { input in
        Input(parameter: input.parameter, nodes: input.nodes.map { $0 + 1 })
      }
      return node
    }
    self.init(nodes: [output] + nodes, run: node.run)
  }
}

extension Lineage {
  init(_ first: RunListing.Node, in view: RunView) {
    var places = [first.name: 0]
    var pending = [first]
    var nodes: [Node] = []
    while nodes.count < pending.count {
      let listed = pending[nodes.count]
      let task = view.listing.task(of: listed)
      var node = Node(
        listed.name, result: view.result(of: listed), parts: view.parts(of: listed))
      node.task = task
      node.files = listed.files
      for input in listed.inputs {
        let sources = view.listing.nodes(of: input.source).map { view.listing.nodes[$0] }
        let parameter = task.parameters[input.parameter]
        node.constants.removeAll { $0.parameter == parameter }
        node.inputs.append(
          Input(
            parameter: parameter,
            nodes: sources.map { source in
              if let place = places[source.name] { return place }
              places[source.name] = pending.count
              pending.append(source)
              return pending.count - 1
            }))
      }
      nodes.append(node)
    }
    self.init(nodes: nodes, run: view.run)
  }
}

extension Lineage.Node {
  init(_ name: String, result: ArtifactRecord?, parts: KeyParts?) {
    self.name = name
    self.result = result
    (constants, files, inputs) = ([], [:], [])
    for part in parts?.names ?? [] {
      guard let value = parts?[part] else { continue }
      switch (KeyChange.Subject(part: part), value) {
      case (.code, .text(let text)): fingerprint = text
      case (.version, .integer(let number)): version = number
      case (.input(let parameter), _):
        constants.append(
          Lineage.Constant(parameter: parameter, digest: KeyChange.short(value)))
      default: break
      }
    }
  }
}
