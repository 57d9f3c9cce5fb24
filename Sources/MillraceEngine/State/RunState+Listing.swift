import MillraceCoding
import MillraceGraph
import MillraceStore

// What a run records of its nodes when it ends.
extension RunState {
  /// The tasks' nodes with their keys and where their inputs came from.
  ///
  /// - Parameter kept: The encoded parts of the key of a node whose value is not stored, and the files in
  ///   the key of any.
  /// - Complexity: O(*n* + *e*) for *n* nodes and *e* edges.
  mutating func listing(
    keeping kept: (Int) -> (parts: [UInt8]?, files: [String: Digest])
  ) -> RunListing {
    let nodes = tasksInOrder
    var builder = ListingBuilder(nodes)
    for node in nodes {
      let definition = table.records[node].definition
      let task = builder.task(definition)
      var inputs: [RunListing.Input] = []
      for (parameter, edge) in table.originalEdges(of: node).enumerated() {
        guard parameter < definition.parameters.count else { break }
        if let source = builder.source(table.source(edge), in: self) {
          inputs.append(RunListing.Input(parameter: parameter, source: source))
        }
      }
      let (parts, files) = kept(node)
      let state = RunListing.State(rawValue: reportState(node).rawValue) ?? .other
      builder.listing.nodes.append(
        RunListing.Node(
          name: name(of: node), task: task, state: state, key: keys[node], inputs: inputs,
          encodedParts: table.roles[node] == .stored ? nil : parts, files: files,
          isForced: table.attributes[node]?.isForced == true))
    }
    return builder.listing
  }

  /// A digest of everything that the names of stored nodes and their keys follow from: two runs with
  /// equal views bind equal names to equal keys.
  ///
  /// It is cheaper than the names, each of which may need a digest of what is behind its node.
  mutating func view() -> Digest {
    var hash = SHA256()
    var writer = CBORWriter(reservingCapacity: 4096)
    var definitions: [ObjectIdentifier: Int] = [:]
    for node in 0..<table.count {
      let record = table.records[node]
      writer.append(unsigned: UInt64(table.roles[node].rawValue))
      if record.isTask {
        let known = definitions.count
        let number = definitions[ObjectIdentifier(record.definition), default: known]
        writer.append(integer: number)
        if number == known {
          definitions[ObjectIdentifier(record.definition)] = known
          writer.append(text: record.definition.id.description)
          writer.append(text: record.defaultName)
        }
        appendName(of: node, to: &writer)
      }
      for edge in table.originalEdges(of: node) { writer.append(integer: table.source(edge)) }
      if writer.bytes.count > 1 << 16 {
        hash.update(writer.bytes)
        writer.removeAll()
      }
    }
    hash.update(writer.bytes)
    return hash.finalize()
  }

  /// Appends what a task's name follows from, besides its task and where its inputs come from.
  private mutating func appendName(of node: Int, to writer: inout CBORWriter) {
    if let key = keys[node] { key.digest.withUnsafeBytes { writer.append(bytes: $0) } }
    // Copies are named after their elements, by a closure. A name may also show constants that are no
    // part of the key.
    if node >= table.staticCount {
      writer.append(text: name(of: node))
    } else if let name = table.attributes[node]?.name {
      writer.append(text: name)
    } else if keys[node] == nil || table.records[node].hasUnkeyedParameters {
      identity(of: node).withUnsafeBytes { writer.append(bytes: $0) }
    }
  }
}

/// Puts a listing together.
private struct ListingBuilder {
  var listing = RunListing()
  private var tasks: [ObjectIdentifier: Int] = [:]
  /// The places of the tasks' nodes, by position.
  private var places: [Int: Int] = [:]
  /// What other nodes stand for, by position; nil for those behind which there is no task.
  private var sources: [Int: RunListing.Source?] = [:]

  init(_ nodes: [Int]) {
    places.reserveCapacity(nodes.count)
    for (place, node) in nodes.enumerated() { places[node] = place }
  }

  mutating func task(_ definition: TaskDefinition) -> Int {
    let identity = ObjectIdentifier(definition)
    if let known = tasks[identity] { return known }
    tasks[identity] = listing.tasks.count
    listing.tasks.append(RunListing.Task(definition))
    return listing.tasks.count - 1
  }

  /// What stands behind a position: the task there, or the tasks whose values are put together there.
  mutating func source(_ position: Int, in state: borrowing RunState) -> RunListing.Source? {
    if position < 0 { return nil }
    if let place = places[position] { return .node(place) }
    var pending = [position]
    while let next = pending.last {
      if sources[next] != nil {
        pending.removeLast()
        continue
      }
      let inputs = state.makers(of: next).filter { $0 >= 0 }
      let open = inputs.filter { places[$0] == nil && sources[$0] == nil }
      if open.isEmpty {
        pending.removeLast()
        sources[next] = .some(join(inputs))
      } else {
        pending.append(contentsOf: open.reversed())
      }
    }
    return sources[position] ?? nil
  }

  private mutating func join(_ inputs: [Int]) -> RunListing.Source? {
    var seen: Set<RunListing.Source> = []
    let found = inputs.compactMap { input in
      places[input].map { .node($0) } ?? sources[input] ?? nil
    }.filter { seen.insert($0).inserted }
    if found.count < 2 { return found.first }
    listing.lists.append(found)
    return .list(listing.lists.count - 1)
  }
}

extension RunState {
  /// The positions that the value of a node that is no task is made of.
  fileprivate func makers(of node: Int) -> [Int] {
    if table.roles[node] == .element, let origin = table.origin(of: node) {
      // An element is a piece of the list that it stands in.
      return table.originalEdges(of: origin.owner).prefix(1).map { table.source($0) }
    }
    let current = table.edges(of: node).map { table.source($0) }
    switch table.roles[node] {
    // The copies, once they are there, and not the list.
    case .forEach where expansions[node] != nil: return Array(current.dropFirst())
    // What a deferred node was decided by stands before what it came to.
    case .deferred where expansions[node] != nil:
      return table.originalEdges(of: node).prefix(1).map { table.source($0) } + current
    default: return current
    }
  }
}
