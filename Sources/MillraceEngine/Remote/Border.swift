import MillraceCoding
import MillraceGraph
import Synchronization

/// What a run knows of the values that cross to other processes: their encodings, and which process has
/// which.
///
/// Each value is encoded, sent to one process, and put into its cell at most once. Who is the first to
/// need that claims it, and the others wait.
final class Border: Sendable {
  struct Encoding: Sendable {
    var bytes: [UInt8] = []
    /// Input files that the value names.
    var files: [String: Digest] = [:]
  }

  /// Something that is done once for a value.
  enum Claim: Hashable, Sendable {
    case encoding(Int)
    case cell(Int)
    case copy(Int, lane: Int)
  }

  /// A value that an attempt made in another process.
  struct Made: Sendable {
    var lane: Int
    var id: UInt64
    var encoding: Encoding?
  }

  private struct AttemptID: Hashable {
    var node: Int
    var attempt: Int
  }

  private struct State {
    /// By node, while the value is there.
    var encodings: [Int: Encoding] = [:]
    /// What a node's value is called in each process that has it.
    var copies: [Int: [Int: UInt64]] = [:]
    var made: [AttemptID: Made] = [:]
    /// Who waits for what is being done.
    var claims: [Claim: [CheckedContinuation<Void, Never>]] = [:]
    var lastID: UInt64 = 0
    /// Nodes whose value has crossed, in either direction.
    var crossed: Set<Int> = []
  }

  let catalog: GraphCatalog
  let lanes: [RemoteLane]
  let farLanes: FarLanes
  /// Nodes whose values are asked for.
  let kept: Set<Int>
  private let state = Mutex(State())

  /// - Parameter backends: The run's own first.
  /// - Returns: Nil if every node runs in this process.
  /// - Throws: ``PipelineError`` with code `coding` if a value would cross that cannot be encoded, `misuse`
  ///   if a node cannot be found in the other process.
  init?(
    _ graph: Graph, _ traversal: Traversal, _ backends: [any Backend],
    leaves: [(node: Int, isKept: Bool)]
  ) throws {
    let remotes = backends.compactMap { $0 as? any RemoteBackend }
    guard !remotes.isEmpty else { return nil }
    let byName = Dictionary(uniqueKeysWithValues: zip(remotes.map(\.name), 0...))
    farLanes = FarLanes(byName: byName, fallback: byName[backends[0].name])
    kept = Set(leaves.filter(\.isKept).map(\.node))
    let catalog = GraphCatalog(graph)
    self.catalog = catalog
    lanes = remotes.map { RemoteLane($0, graph: catalog.signature) }
    try BorderCheck(traversal, farLanes, catalog).check(keeping: kept)
  }

  // MARK: Claims

  /// Takes something on, if nobody does it.
  func tryClaim(_ claim: Claim) -> Bool {
    state.withLock { state in
      guard state.claims[claim] == nil else { return false }
      state.claims[claim] = []
      return true
    }
  }

  /// Takes something on, or waits until who does it has ended.
  ///
  /// - Returns: Whether it was taken on.
  func claim(_ claim: Claim) async -> Bool {
    if tryClaim(claim) { return true }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        guard state.claims[claim] != nil else { return true }
        state.claims[claim]?.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
    return false
  }

  func release(_ claim: Claim) {
    let waiting = state.withLock { $0.claims.removeValue(forKey: claim) ?? [] }
    for continuation in waiting { continuation.resume() }
  }

  // MARK: Values

  func encoding(of node: Int) -> Encoding? { state.withLock { $0.encodings[node] } }

  func keep(_ encoding: Encoding, of node: Int) {
    state.withLock { $0.encodings[node] = encoding }
  }

  /// Keeps the encoding of a value that another process sent.
  func keep(received encoding: Encoding, of node: Int) {
    state.withLock { state in
      state.encodings[node] = encoding
      state.crossed.insert(node)
    }
  }

  /// A number that no other value of the run has.
  func makeID() -> UInt64 {
    state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
  }

  func copies(of node: Int) -> [Int: UInt64] { state.withLock { $0.copies[node] ?? [:] } }

  /// Notes that a process was sent a value.
  func add(copy id: UInt64, of node: Int, lane: Int) {
    state.withLock { state in
      state.copies[node, default: [:]][lane] = id
      state.crossed.insert(node)
    }
  }

  /// How many values have crossed.
  var crossings: Int { state.withLock { $0.crossed.count } }

  /// Notes what an attempt made, until it is known whether it counts.
  func note(_ made: Made, by node: Int, attempt: Int) {
    state.withLock { $0.made[AttemptID(node: node, attempt: attempt)] = made }
  }

  /// The value that an attempt made is the node's.
  func adopt(_ node: Int, attempt: Int) {
    state.withLock { state in
      guard let made = state.made.removeValue(forKey: AttemptID(node: node, attempt: attempt))
      else { return }
      state.copies[node] = [made.lane: made.id]
      state.encodings[node] = made.encoding
      if made.encoding != nil { state.crossed.insert(node) }
    }
  }

  /// The attempt came too late.
  func discard(_ node: Int, attempt: Int) {
    let made = state.withLock {
      $0.made.removeValue(forKey: AttemptID(node: node, attempt: attempt))
    }
    if let made { lanes[made.lane].drop(made.id) }
  }

  /// Nobody needs these values any more.
  func forget(_ nodes: [Int]) {
    for node in nodes {
      let copies = state.withLock { state in
        state.encodings[node] = nil
        return state.copies.removeValue(forKey: node) ?? [:]
      }
      for (lane, id) in copies { lanes[lane].drop(id) }
    }
  }

  func close() {
    for lane in lanes { lane.close() }
  }
}
