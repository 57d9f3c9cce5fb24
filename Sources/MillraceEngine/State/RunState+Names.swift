import MillraceCoding
import MillraceGraph

// Names are made when somebody wants one: a run that nobody watches and that stores nothing has none.
extension RunState {
  /// A node's name; see `NodeNames` for how equal ones are told apart. The copies of a template are
  /// told apart by their element.
  mutating func name(of node: Int) -> String {
    if staticNames == nil { staticNames = makeStaticNames() }
    if node < table.staticCount, let names = staticNames { return names[node] }
    let base = table.attributes[node]?.name ?? table.records[node].defaultName
    guard let label = elementLabel(of: node, base: base) else {
      return base + NodeNames.suffix(for: identity(of: node))
    }
    return base + label
  }

  /// `[2013-01]`, or `[outer][inner]`, where the `ForEach`es say what to call their elements; nil where
  /// one does not, or where that would not tell the nodes of a template apart.
  private func elementLabel(of node: Int, base: String) -> String? {
    var label = ""
    var next = node
    while let (forEach, element) = table.origin(of: next) {
      guard case .forEach(let template) = table.records[forEach].definition.kind,
        let name = template.name(ofElement: values.cell(element)),
        next != node || !template.isAmbiguous(base)
      else { return nil }
      label = "[\(name)]\(label)"
      next = forEach
    }
    return label
  }

  private mutating func makeStaticNames() -> NodeNames {
    let bases = (0..<table.staticCount).map {
      table.attributes[$0]?.name ?? table.records[$0].defaultName
    }
    var wantsIdentities = false
    _ = NodeNames(bases: bases, isExplicit: { table.attributes[$0]?.name != nil }) {
      wantsIdentities = true
      return Array(repeating: Digest.sha256([]), count: bases.count)
    }
    let identities = wantsIdentities ? (0..<table.staticCount).map { identity(of: $0) } : []
    return NodeNames(bases: bases, isExplicit: { table.attributes[$0]?.name != nil }) { identities }
  }

  /// A digest of what a node is: its task and where its inputs come from. No code, no file's content.
  mutating func identity(of node: Int) -> Digest {
    var pending = [node]
    while let next = pending.last {
      if identities[next] != nil {
        pending.removeLast()
        continue
      }
      let edges = table.originalEdges(of: next)
      let sources = edges.map { table.source($0) } + [ordering.previousCalls[next] ?? -1]
      let missing = sources.filter { $0 >= 0 && identities[$0] == nil }
      if missing.isEmpty {
        identities[next] = makeIdentity(of: next, edges: edges)
      } else {
        pending.append(contentsOf: missing)
      }
    }
    return identities[node] ?? Digest.sha256([])
  }

  private func makeIdentity(of node: Int, edges: Range<Int>) -> Digest {
    let record = table.records[node]
    if node < table.staticCount, let name = table.attributes[node]?.name {
      return NodeNames.identity(ofNodeNamed: name)
    }
    if table.roles[node] == .element {
      let digest = try? record.definition.output.withEncoded(values.cell(node)) {
        Digest.sha256($0)
      }
      return (digest ?? nil) ?? Digest.sha256([])
    }
    let identity = record.identity { input in
      identities[table.source(edges.lowerBound + input)] ?? Digest.sha256([])
    }
    return identity.following(ordering.previousCalls[node].flatMap { identities[$0] })
  }
}
