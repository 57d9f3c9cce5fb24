import MillraceGraph

/// How a node takes part in keys and values.
enum Role: UInt8, Sendable {
  /// A task whose value is kept in the store.
  case stored
  /// A task whose value is kept in memory while it is needed.
  case transient
  /// A task that runs in every run, by its policy or because it has no key.
  case off
  case constant, collect, projection, forEach, element
  /// A node that stands for another one; which one is known in the run.
  case deferred
  /// A task whose value another node of equal key makes.
  case twin

  init(_ record: UnsafePointer<NodeRecord>, cache: CachePolicy?) {
    self =
      switch record.shape {
      case .task:
        switch cache ?? record.definition.attributes.cache {
        case .stored: .stored
        case .transient: .transient
        case .off: .off
        }
      case .instance, .method: .off
      case .constant: .constant
      case .collect: .collect
      case .projection, .modified: .projection
      case .forEach: .forEach
      case .when, .reduce, .repeat: .deferred
      case .element: .element
      }
  }
}

/// The nodes of one run and their edges, by position; copies of templates are added as it goes.
///
/// An edge is a node's input: edges of one node are adjacent, in the parameters' order, and form a list
/// for the node that they come from.
struct NodeTable {
  private(set) var records: [UnsafePointer<NodeRecord>] = []
  var roles: [Role] = []
  let firstInput: Memory<Int32>
  let inputCounts: Memory<Int32>
  /// The first edge of the list of those that leave a node; below 0 if there is none.
  let firstConsumer: Memory<Int32>

  let sources: Memory<Int32>
  let consumers: Memory<ConsumerLink>

  /// Where an edge goes, and the next one from the same node; both below 0 if there is none.
  struct ConsumerLink {
    var consumer: Int32
    var next: Int32
  }

  /// What modifiers say, by position.
  private(set) var attributes: [Int: NodeAttributes] = [:]
  /// For the copies of templates, which follow the graph's own nodes: the positions of the node they
  /// were made for and of the element.
  private var origins: [(owner: Int32, element: Int32)] = []
  /// The inputs that nodes had before they were given others.
  private var originals: [Int: Range<Int>] = [:]
  /// Keeps the records alive, and knows where they stand.
  private let traversal: Traversal
  /// Positions below this one are the graph's own nodes.
  private(set) var staticCount = 0

  /// The source of an edge that carries a constant.
  static let constant: Int32 = -1

  var count: Int { records.count }

  init(_ traversal: Traversal) {
    self.traversal = traversal
    records = traversal.records
    staticCount = records.count
    attributes = traversal.attributes
    let count = records.count
    let attributes = attributes
    roles = records.enumerated().map { position, record in
      Role(record, cache: attributes.isEmpty ? nil : attributes[position]?.cache)
    }
    firstInput = Memory(capacity: count)
    inputCounts = Memory(capacity: count)
    firstConsumer = Memory(repeating: -1, count: count)
    sources = Memory(capacity: count * 2)
    consumers = Memory(capacity: count * 2)
    // The closure must not capture this table, or it would be copied for each edge.
    let (sources, consumers, firstConsumer) = (sources, consumers, firstConsumer)
    for (position, record) in records.enumerated() {
      firstInput.append(Int32(truncatingIfNeeded: sources.count))
      inputCounts.append(Int32(truncatingIfNeeded: record.inputCount))
      traversal.forEachSource(of: record) { source in
        Self.addEdge(
          from: source, to: Int32(truncatingIfNeeded: position), sources, consumers, firstConsumer)
      }
    }
  }

  private mutating func append(
    _ record: UnsafePointer<NodeRecord>, cache: CachePolicy?, source: (Int) -> Int32
  ) {
    let position = Int32(count)
    records.append(record)
    roles.append(Role(record, cache: cache))
    firstInput.append(Int32(sources.count))
    inputCounts.append(Int32(record.inputCount))
    firstConsumer.append(-1)
    for input in 0..<record.inputCount {
      addEdge(from: record.isConstant(input) ? Self.constant : source(input), to: position)
    }
  }

  private func addEdge(from source: Int32, to consumer: Int32) {
    Self.addEdge(from: source, to: consumer, sources, consumers, firstConsumer)
  }

  @inline(__always)
  private static func addEdge(
    from source: Int32, to consumer: Int32, _ sources: Memory<Int32>,
    _ consumers: Memory<ConsumerLink>, _ firstConsumer: Memory<Int32>
  ) {
    let edge = Int32(truncatingIfNeeded: sources.count)
    sources.append(source)
    if source >= 0 {
      consumers.append(ConsumerLink(consumer: consumer, next: firstConsumer[Int(source)]))
      firstConsumer[Int(source)] = edge
    } else {
      consumers.append(ConsumerLink(consumer: consumer, next: -1))
    }
  }

  /// Adds the copy of a template's node.
  mutating func appendInstance(
    _ record: UnsafePointer<NodeRecord>, attributes: NodeAttributes?, of owner: Int, element: Int,
    source: (Int) -> Int32
  ) {
    origins.append((Int32(owner), Int32(element)))
    // Few nodes have any, and looking up what is not there costs as much as adding the node.
    if let attributes { self.attributes[count] = attributes }
    append(record, cache: attributes?.cache, source: source)
  }

  /// What a copied node was made for, and for which element; nil for the graph's own nodes.
  func origin(of position: Int) -> (owner: Int, element: Int)? {
    guard position >= staticCount else { return nil }
    let origin = origins[position - staticCount]
    return (Int(origin.owner), Int(origin.element))
  }

  /// Gives a node other inputs: the copies of a `ForEach`, or the twin of a node.
  mutating func replaceInputs(of position: Int, with inputs: [Int32]) {
    for edge in edges(of: position) { consumers[edge].consumer = -1 }
    if originals[position] == nil { originals[position] = edges(of: position) }
    firstInput[position] = Int32(sources.count)
    inputCounts[position] = Int32(inputs.count)
    for source in inputs { addEdge(from: source, to: Int32(position)) }
  }

  func edges(of position: Int) -> Range<Int> {
    let first = Int(firstInput[position])
    return first..<first + Int(inputCounts[position])
  }

  /// Where one of the graph's own nodes stands; nil if it is no part of the run.
  func position(of record: UnsafePointer<NodeRecord>) -> Int? { traversal.find(record) }

  /// What the graph's own nodes start after without taking values, by position; few have any.
  var befores: [Int: [Int]] { traversal.befores }
  /// For calls on an instance: the call before.
  var previousCalls: [Int: Int] { traversal.previousCalls }

  /// Calls `body` with each of the graph's own nodes and those of its templates, in traversal order.
  func forEachGraphNode(_ body: (Traversal.Visit) -> Void) { traversal.forEachNode(body) }

  /// The inputs as the graph has them, whatever replaced them.
  func originalEdges(of position: Int) -> Range<Int> {
    originals.isEmpty ? edges(of: position) : originals[position] ?? edges(of: position)
  }

  /// The node that an edge comes from, or ``constant``.
  func source(_ edge: Int) -> Int { Int(sources[edge]) }

  /// Which of its consumer's inputs an edge is.
  func parameter(_ edge: Int, of consumer: Int) -> Int { edge - Int(firstInput[consumer]) }

  /// Calls `body` with each edge that leaves a node, and the node it goes to.
  @inline(__always)
  func forEachConsumer(of position: Int, _ body: (_ edge: Int, _ consumer: Int) -> Void) {
    var edge = firstConsumer[position]
    while edge >= 0 {
      let link = consumers[Int(edge)]
      if link.consumer >= 0 { body(Int(edge), Int(link.consumer)) }
      edge = link.next
    }
  }

  /// The backend that a node's modifier or block names; nil for the run's own.
  func backend(of position: Int) -> (any BackendReference)? {
    if !attributes.isEmpty, let backend = attributes[position]?.backend { return backend }
    return records[position].place?.backend
  }

  /// Whether an edge is part of its consumer's key.
  func isKeyed(_ edge: Int, of consumer: Int) -> Bool {
    switch roles[consumer] {
    case .stored, .transient, .off:
      !records[consumer].hasUnkeyedParameters
        || records[consumer].definition.parameters[parameter(edge, of: consumer)].isKeyed
    case .forEach: parameter(edge, of: consumer) > 0  // not the list itself: its elements
    default: true
    }
  }
}
