import Dispatch
import MillraceCoding
import MillraceGraph
import MillraceStore
import Synchronization

/// What a run on the short way knows of nodes whose values are stored.
///
/// A node is done when it is known what it contributes to the keys of others. Its value is there if it
/// ran; that of a hit is read when something that runs needs it.
final class FlowRecords: @unchecked Sendable {
  // Written by the thread that plans. Then a node's fields are written by the worker that has taken it,
  // before its slot says that it is done; values are put under ``locks``, claims have their own.

  /// What became of a node.
  enum Fate: UInt8 {
    /// Its key is not known, or it is no task and its inputs are not known.
    case open
    /// It has a key without a result, and runs.
    case miss
    /// Another node makes the result of its key.
    case twin
    case hit, executed, failed
    /// It puts other nodes' values together.
    case list
    case constant
  }

  let flow: Flow
  let store: ArtifactStore
  let keyMaker: KeyMaker
  let digests: FileDigests
  let clock: RunClock
  let run: RunID
  let pipeline: String
  let parts: Memory<FlowKeys.Part>
  /// What nodes contribute: the digests of artifacts and constants.
  let contributions: Memory<Digest>
  let fates: Memory<Fate>
  // Keys are read by those who claim one, and written before they are claimed.
  let keys: Memory<Digest>
  private let sizes: Memory<Int>
  /// How long nodes that ran took, in nanoseconds.
  let durations: Memory<UInt64>
  /// 1 where a value is in its cell.
  private let presence: Memory<UInt8>
  /// Whether a value is asked for, by whom it may concern when all is over.
  private let isKept: Memory<Bool>
  /// The bytes of values that are kept and lie in their records, so that workers need not look for them.
  private let inlines: Memory<PinnedBytes.Place>
  private var pinned = PinnedBytes()
  /// Whether a node's key was made before planning came to it; nil where none was.
  private var hasFirstKey: Memory<Bool>?
  private let claims: Mutex<FlowClaims>
  private let locks: LockStripes
  // Kept alive by the flow.
  private let drops: Unmanaged<FlowDrops>?
  /// Nodes that were known before the run, and how many of them are hits.
  private(set) var settledCount = 0
  private(set) var settledHits: [Int] = []
  /// Whether something is to run, for all that planning knows.
  private(set) var hasWork = false
  /// Whether the run met something that `RunState` alone can do.
  let needsLongWay = Atomic<Bool>(false)

  /// For fewer tasks waking threads takes longer than they help.
  static let leastForThreads = 1024

  /// Looks all keys up that can be known before anything runs.
  ///
  /// - Parameters:
  ///   - width: How many threads may help.
  ///   - check: Called now and then; it throws when planning is to end.
  /// - Returns: Nil where `RunState` is needed.
  init?(
    _ flow: Flow, for execution: Execution.Beginning, width: Int, check: () throws -> Void
  ) throws {
    self.flow = flow
    store = execution.store
    keyMaker = execution.keyMaker
    digests = execution.digests
    clock = execution.clock
    run = execution.id
    pipeline = execution.options.pipeline
    let count = flow.count
    parts = Memory(repeating: .unknown, count: count)
    contributions = Memory(repeating: Digest.sha256([]), count: count)
    keys = Memory(repeating: Digest.sha256([]), count: count)
    fates = Memory(repeating: .open, count: count)
    sizes = Memory(repeating: 0, count: count)
    durations = Memory(repeating: 0, count: count)
    presence = Memory(repeating: 0, count: count)
    isKept = Memory(repeating: false, count: count)
    inlines = Memory(repeating: .none, count: flow.kept.isEmpty ? 0 : count)
    claims = Mutex(FlowClaims())
    locks = LockStripes(count < 64 ? 16 : 256)
    drops = flow.drops.map(Unmanaged.passUnretained)
    for node in flow.kept { isKept[node] = true }
    let walk = makeWalk()
    makeFirstKeys(width: width)
    for node in 0..<count {
      if node & 0xff == 0 { try check() }
      guard plan(node, walk) else { return nil }
    }
    hasFirstKey = nil
    if hasWork { store.expectResults(flow.stepCount - settledCount) }
  }

  /// Makes keys, for one thread.
  func makeWalk() -> FlowKeyWalk {
    FlowKeyWalk(flow, keyMaker, parts: parts, digests: contributions)
  }

  deinit {
    guard flow.drops != nil else { return }
    for node in 0..<fates.count where (flow.slots + node).isDropped && isPresent(node) {
      (flow.slots + node).record.definition.output.destroy(flow.cell(node))
    }
  }

  // MARK: Planning

  /// Makes the keys of tasks that take nothing but constants, on several threads if there are many: they are
  /// known before all others, and hashing is most of planning.
  private func makeFirstKeys(width: Int) {
    guard width > 1, flow.taskCount >= Self.leastForThreads else { return }
    let isKnown = Memory(repeating: false, count: flow.count)
    DispatchQueue.concurrentPerform(iterations: width) { thread in
      let walk = makeWalk()
      for node in (flow.count * thread / width)..<(flow.count * (thread + 1) / width) {
        let record = (flow.slots + node).record
        guard record.isTask, !flow.isDone(node),
          (0..<record.inputCount).allSatisfy({ flow.source($0, of: node, record) < 0 }),
          let key = walk.key(of: node)
        else { continue }
        keys[node] = key.digest
        isKnown[node] = true
      }
    }
    hasFirstKey = isKnown
  }

  /// - Returns: Whether the node can go the short way.
  private func plan(_ node: Int, _ walk: FlowKeyWalk) -> Bool {
    let record = (flow.slots + node).record
    if flow.isDone(node) {
      fates[node] = .constant
      presence[node] = 1
      return walk.noteConstant(node)
    }
    var isOpen = false
    for input in 0..<record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 {
        isOpen = isOpen || parts[source] == .unknown
      } else if !record.isTask {
        return false  // a constant in a list contributes nothing
      }
    }
    if !record.isTask {
      fates[node] = .list
      if !isOpen {
        parts[node] = .list
        if !isKept[node] { settle(node) }
      }
      return true
    }
    guard !isOpen else {
      hasWork = true
      return true
    }
    let known = hasFirstKey.map { $0[node] ? Key(keys[node]) : nil } ?? nil
    guard let key = known ?? walk.key(of: node) else { return false }
    keys[node] = key.digest
    switch store.finding(of: key) {
    case .namingFiles: return false
    case .plain(let artifact, let size, let inline):
      becomeHit(node, artifact, size: size)
      settledHits.append(node)
      if !isKept[node] { settle(node) } else if let inline { inlines[node] = pinned.pin(inline) }
    case .nothing:
      hasWork = true
      fates[node] = claims.withLock { $0.claim(node, keys) } == nil ? .miss : .twin
    }
    return true
  }

  /// Ends a node before the run.
  private func settle(_ node: Int) {
    settledCount += 1
    (flow.slots + node).finishAlone()
    release(node)
  }

  // MARK: Facts

  /// A task's key; nil if it is not known.
  func key(of node: Int) -> Key? {
    switch fates[node] {
    case .open, .list, .constant: nil
    case .miss, .twin, .hit, .executed, .failed: Key(keys[node])
    }
  }

  func size(of node: Int) -> Int { sizes[node] }

  /// Nodes whose value was known; asked when nothing runs.
  var hits: [Int] { (0..<flow.count).filter { fates[$0] == .hit } }

  func isKept(_ node: Int) -> Bool { isKept[node] }

  /// Whether a node's value is in its cell.
  func isPresent(_ node: Int) -> Bool {
    withPresence(of: node) { $0.load(ordering: .acquiring) == 1 }
  }

  private func withPresence<Result>(
    of node: Int, _ body: (borrowing Atomic<UInt8>) -> Result
  ) -> Result {
    // An `Atomic` has the layout of its value, so plain memory can be one.
    (presence.values + node).withMemoryRebound(to: Atomic<UInt8>.self, capacity: 1) {
      body($0.pointee)
    }
  }

  /// Who makes the value of a twin's key.
  func maker(of twin: Int) -> Int? { claims.withLock { $0.makers[twin] } }

  // MARK: What nodes become

  func becomeHit(_ node: Int, _ artifact: Digest, size: Int) {
    fates[node] = .hit
    note(artifact, size, of: node)
  }

  private func note(_ artifact: Digest, _ size: Int, of node: Int) {
    contributions[node] = artifact
    parts[node] = .digest
    sizes[node] = size
  }

  func becomeHit(_ node: Int, of maker: Int) {
    becomeHit(node, contributions[maker], size: sizes[maker])
  }

  /// Notes the key of a node that was open.
  ///
  /// - Returns: The node that makes the value of the key, if that is another one.
  func claim(_ node: Int, _ key: Key) -> Int? {
    keys[node] = key.digest
    return claims.withLock { $0.claim(node, keys) }
  }

  func noteMiss(_ node: Int) { fates[node] = .miss }
  func noteTwin(_ node: Int) { fates[node] = .twin }
  func noteFailure(_ node: Int) {
    fates[node] = .failed
    claims.withLock { $0.noteFailure(node) }
  }

  func noteList(_ node: Int) { parts[node] = .list }

  /// A body's value is in its cell.
  func notePresence(_ node: Int) {
    withPresence(of: node) { $0.store(1, ordering: .releasing) }
  }

  func becomeExecuted(_ node: Int, _ artifact: Digest, size: Int) {
    fates[node] = .executed
    note(artifact, size, of: node)
  }

  // MARK: Values

  /// Puts a value that is not in its cell there.
  ///
  /// - Throws: What reading it throws.
  func bring(_ node: Int) throws {
    if isPresent(node) { return }
    let record = (flow.slots + node).record
    guard fates[node] == .list else {
      return try locks.withLock(of: node) {
        if isPresent(node) { return }
        try record.pointee.definition._withUnsafeGuaranteedRef { try read(node, as: $0.output) }
        notePresence(node)
      }
    }
    // Before the lock, which one of them may need. Lists of lists are as deep as their type.
    for input in 0..<record.inputCount { try bring(flow.source(input, of: node, record)) }
    try locks.withLock(of: node) {
      if isPresent(node) { return }
      let addresses = UnsafeMutablePointer<UnsafeRawPointer>.allocate(
        capacity: max(1, record.inputCount))
      defer { addresses.deallocate() }
      for input in 0..<record.inputCount {
        (addresses + input).initialize(
          to: UnsafeRawPointer(flow.cell(flow.source(input, of: node, record))))
      }
      let inputs = TaskInputs(cells: addresses, source: NoContexts.only, node: node, attempt: 1)
      try record.definition.callSynchronously(inputs, flow.cell(node))
      notePresence(node)
    }
  }

  private func read(_ node: Int, as output: ValueType) throws {
    let artifact = contributions[node]
    if isKept[node] {
      let isRead = try pinned.withBytes(at: inlines[node]) { bytes in
        try store.verify(bytes, artifact)
        try output.decode(bytes, into: flow.cell(node))
      }
      if isRead { return }
    }
    try output.decode(store.load(artifact, of: Key(keys[node])), into: flow.cell(node))
  }

  /// Puts the values of a node's inputs into their cells.
  func bringInputs(of node: Int) throws {
    let record = (flow.slots + node).record
    for input in 0..<record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 { try bring(source) }
    }
  }

  /// A node needs nothing any more, and others are to come for its value.
  ///
  /// A list needs its inputs until nobody needs the list: it may be put together at any time.
  func release(_ node: Int) {
    if fates[node] != .list { releaseInputs(of: node) }
    if (flow.slots + node).isDropped { endUse(of: node) }
  }

  private func releaseInputs(of node: Int) {
    guard (flow.slots + node).dropsInputs else { return }
    let record = (flow.slots + node).record
    for input in 0..<record.inputCount {
      let source = flow.source(input, of: node, record)
      if source >= 0 && (flow.slots + source).isDropped { endUse(of: source) }
    }
  }

  private func endUse(of node: Int) {
    guard drops?._withUnsafeGuaranteedRef({ $0.release(node) }) == true else { return }
    if isPresent(node) {
      (flow.slots + node).record.pointee.definition._withUnsafeGuaranteedRef {
        $0.output.destroy(flow.cell(node))
      }
      withPresence(of: node) { $0.store(0, ordering: .relaxed) }
    }
    if fates[node] == .list { releaseInputs(of: node) }
  }
}

/// Lists ask for no context.
private final class NoContexts: TaskContextSource {
  static let only = NoContexts()

  func context(ofNode node: Int, attempt: Int) -> TaskContext {
    preconditionFailure("a list has no context")
  }
}
