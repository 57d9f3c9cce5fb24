import MillraceCoding
import MillraceGraph
import MillraceStore

/// What a run knows of its nodes and what it does next: a state machine that takes no lock and starts
/// nothing. It returns actions; the run performs them and reports back.
///
/// A node can be wanted in two ways. Its *part* is what it contributes to the keys of consumers: an
/// artifact's digest, or the key of a transient node. Its *value* is what bodies receive. Stored nodes
/// want the parts of their inputs, to know their key; only a miss wants their values. So a run asks for
/// parts from the leaves backwards and makes no value that nobody needs.
///
/// No step recurses: what follows from a change waits in `work`.
struct RunState: ~Copyable {
  enum Action: Hashable, Sendable {
    /// Compute the key and look it up.
    case resolve(Int)
    /// Read a hit's value from the store.
    case load(Int)
    /// Run the body, or put a value together.
    case execute(Int)
    /// Encode a value that is not stored, for the keys of its consumers.
    case digest(Int)
    /// Bring what tells a node's further inputs into this process.
    case bring(Int)
  }

  enum Phase: UInt8 {
    case idle, gatheringParts, resolving, resolved
    case gatheringSource, gatheringValues, loading, executing, digesting, awaitingTwin
    case done, failed, skipped, cancelled

    var isFailure: Bool { self == .failed || self == .skipped || self == .cancelled }
  }

  struct Demand: OptionSet {
    let rawValue: UInt8
    static let part = Demand(rawValue: 1)
    static let value = Demand(rawValue: 2)
    /// The value is needed to finish a plan, before anything runs.
    static let early = Demand(rawValue: 4)
    /// Something was wanted at some time; never taken back.
    static let asked = Demand(rawValue: 8)
  }

  /// A node that makes the value of a key in this run; later nodes of the key take theirs from it.
  struct Maker: Hashable {
    var key: Key
    var isStored: Bool
  }

  /// How a node ended before the run came the long way.
  enum Earlier {
    case ran, wasHit
  }

  enum Work {
    case want(Int, Demand)
    case partsComplete(Int)
    case valuesComplete(Int)
    case fail(Int)
    case release(Int)
    /// Asks for what a list or a deferred node that is asked for turned out to be.
    case askResults(Int)
  }

  var table: NodeTable
  let values: ValueBuffer
  var phases: [Phase]
  var demands: [Demand]
  var waiting: [Int32]
  /// Edges that may still want this node's value, and one for a value that is asked for.
  var uses: [Int32]
  var holdsInputs: [Bool]
  var isPresent: [Bool]
  /// The part, once it is known; a known part of nil means that consumers have no key.
  var parts: PositionTable<KeyParts.Value?> = PositionTable()
  var keys: PositionTable<Key> = PositionTable()
  var artifacts: PositionTable<ArtifactRecord> = PositionTable()
  var makers: [Maker: Int] = [:]
  var twins: [Int: [Int]] = [:]
  /// Nodes that were to make their key's result, and wait for another node of the same key.
  var overtaken: Set<Int> = []
  /// How far records were looked at for tasks that ignore an input.
  var unkeyed = (scanned: 0, isFound: false)
  /// How many bodies of tasks ran and returned.
  var executedCount = 0
  var hits: Set<Int> = []
  /// What became of nodes on the short way, where the run began on it and left it.
  var earlier: [Int: Earlier] = [:]
  /// Tasks that failed and have a value all the same.
  var ignoredNodes: Set<Int> = []
  /// For tasks without a key: the input that cannot be encoded.
  var unkeyedInputs: [Int: String] = [:]
  /// Hits that were tried to be read in vain.
  var unreadableNodes: Set<Int> = []
  /// The artifact that could not be read, by its key, until it is made again.
  var broken: [Key: Digest] = [:]
  /// Nodes whose key is being made of parts that have changed since.
  var outdated: Set<Int> = []
  /// Leaves that are lists or deferred: what they give is asked for as soon as it is known.
  var askedLists: Set<Int> = []
  /// The copies of templates, by the node that they were made for.
  var expansions: [Int: Expansion] = [:]
  /// The lists whose elements are limited.
  var gates: [Int: ElementGate] = [:]
  /// Actions in flight of a limited list's elements, by the element.
  var flights: [Int: Int] = [:]
  /// Elements that may have to give back their place, with their list.
  var loosened: [(gate: Int, element: Int)] = []
  /// Gates that have another place or somebody who wants one.
  var changedGates: Set<Int> = []
  /// Lists that a `Reduce` takes and whose elements wait for it.
  var waitingStreams: Set<Int> = []

  /// From how many elements on a list's elements may be run in a loop; nil where each has nodes.
  var shortestLoop: Int?
  /// The loops of lists, also by the `Reduce`s that take the elements.
  var loops: [Int: ElementLoop] = [:]
  /// The same, in the order in which they began.
  var loopOrder: [ElementLoop] = []

  /// Which nodes run in other processes; nil for a run that has none.
  var farLanes: FarLanes?
  /// Nodes whose value is there and not in its cell; see `RunState+Border.swift`.
  var away: Set<Int> = []
  /// Nodes whose value was dropped, in a run with other processes, which are still to hear of it.
  var dropped: [Int] = []

  /// Tasks that reached a state to report, in that order; kept only where somebody listens.
  var ended: [Int] = []
  var reportsEnds = false

  /// What the run puts in the place of failed tasks' values, by type.
  var fallbacks: [ObjectIdentifier: NodeFallback] = [:]

  /// What starts after what, where no value is passed.
  var ordering: Ordering = Ordering()

  var staticNames: NodeNames?
  var identities: [Int: Digest] = [:]

  var work: [Work] = []
  private var actions: [Action] = []
  /// Actions that wait for the end of planning.
  var held = HeldActions()
  private(set) var isPlanning = true
  private(set) var isStopped = false
  var inFlight = 0

  /// - Parameter countsUses: False where ``countUses()`` follows, or the run goes the short way.
  init(_ traversal: Traversal, countsUses: Bool = true) {
    table = NodeTable(traversal)
    let count = table.count
    values = ValueBuffer(capacity: count)
    phases = Array(repeating: .idle, count: count)
    demands = Array(repeating: [], count: count)
    waiting = Array(repeating: 0, count: count)
    uses = Array(repeating: 0, count: count)
    holdsInputs = Array(repeating: true, count: count)
    isPresent = table.roles.map { $0 == .constant }
    if countsUses { countUses() }
  }

  /// Counts the edges that may want a value.
  mutating func countUses() {
    for position in 0..<table.count {
      for edge in table.edges(of: position) where table.source(edge) >= 0 {
        uses[table.source(edge)] += 1
      }
    }
    orderNodes()
  }

  deinit {
    for position in isPresent.indices
    where isPresent[position] && table.roles[position] != .constant && !away.contains(position) {
      table.records[position].definition.output.destroy(values.cell(position))
    }
  }

  // MARK: What the run asks

  /// Asks for a leaf: to be up to date, and with `keepingValue` for its value until the run ends.
  mutating func ask(for leaf: Int, keepingValue: Bool) {
    if keepingValue { uses[leaf] += 1 }
    if table.roles[leaf] == .forEach || table.roles[leaf] == .deferred {
      askedLists.insert(leaf)
      if expansions[leaf] != nil, phases[leaf] != .gatheringSource {
        work.append(.askResults(leaf))
      }
      return work.append(.want(leaf, keepingValue ? .value : .early))
    }
    let needsValue = keepingValue || [.off, .transient, .projection].contains(table.roles[leaf])
    let demand: Demand = needsValue ? .value : .part
    work.append(.want(leaf, table.roles[leaf] == .stored ? [demand, .part] : demand))
  }

  /// Whether something is left to run when planning is over, and not only values to be read.
  ///
  /// - Complexity: O(*n*).
  var hasWork: Bool {
    guard !held.isEmpty else { return false }
    return phases.indices.contains { node in
      switch phases[node] {
      case .idle, .resolved, .loading, .done, .failed, .skipped, .cancelled: false
      default: table.roles[node] != .collect
      }
    }
  }

  /// Ends planning: what was held back may start.
  mutating func startRunning() {
    isPlanning = false
    for action in held.takeAll() { emit(action) }
  }

  /// Nothing new starts from here on.
  mutating func stop() { isStopped = true }

  /// Does all that follows from what was reported, and returns what is to be done.
  mutating func next() -> [Action] {
    doWork()
    if !gates.isEmpty { openGates() }
    guard !actions.isEmpty else { return [] }
    let result = actions
    actions = []
    return result
  }

  /// Does all that follows from what was reported; actions wait for ``next()``.
  mutating func doWork() {
    while let step = work.popLast() {
      switch step {
      case .want(let node, let demand): want(node, demand)
      case .partsComplete(let node): partsComplete(node)
      case .valuesComplete(let node): valuesComplete(node)
      case .fail(let node): spreadFailure(of: node)
      case .release(let node): release(node)
      case .askResults(let node): askResults(of: node)
      }
    }
  }

  /// The parts of a node's inputs, in the parameters' order; nil for constants and unkeyed ones.
  func inputParts(of node: Int) -> [KeyParts.Value?] {
    table.edges(of: node).map { edge in
      let source = table.source(edge)
      return source < 0 ? nil : parts[source] ?? nil
    }
  }

  /// Whether a node's action belongs to planning: nothing of a user's runs, and no value is read that
  /// only a body needs.
  func isEarly(_ action: Action) -> Bool {
    switch action {
    case .resolve, .digest, .bring: true
    case .load(let node): demands[node].contains(.early)
    case .execute(let node):
      switch table.roles[node] {
      case .forEach where runningLoop(of: node) != nil: false
      case .collect, .projection, .forEach, .twin, .deferred: demands[node].contains(.early)
      default: false
      }
    }
  }

  mutating func emit(_ action: Action) {
    if isStopped { return }
    if isPlanning && !isEarly(action) {
      held.append(action)
    } else if gates.isEmpty || !waitsAtGate(action) {
      start(action)
    }
  }

  mutating func start(_ action: Action) {
    depart(action.node)
    actions.append(action)
  }
}
