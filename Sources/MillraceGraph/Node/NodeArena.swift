import Synchronization

/// The memory that nodes are made in.
///
/// The nodes of one `Graph { … }` share an arena; a node made outside of one has its own. An arena is
/// written by the thread that builds, and only read once a handle has left that thread. It lives as
/// long as a handle or an arena that refers to it, and is then freed without recursion.
@usableFromInline package final class NodeArena: @unchecked Sendable {
  // All fields are written by the building thread alone, through `TaskCall`, before the handles that
  // make them reachable exist. Records never move once they are finished.

  /// Memory that records lie in, one behind the other.
  @usableFromInline package struct Chunk {
    @usableFromInline let base: UnsafeMutableRawPointer
    @usableFromInline let end: UnsafeMutableRawPointer
  }

  private var closedChunks: [Chunk] = []
  /// The first byte of the chunk that is written.
  private var base: UnsafeMutableRawPointer?
  /// What changes with each record; not a field itself, because each change would be guarded by the
  /// runtime's check for exclusive access, which costs as much as the change ten times over.
  let cursor: UnsafeMutablePointer<ArenaCursor>
  private var nextChunk: Int
  /// Whether nothing more will be made here.
  private let sealed = Atomic<Bool>(false)
  package var count: Int32 { cursor.pointee.count }
  private let ordinals = OrdinalBlocks()
  private var groups: [UnsafeMutablePointer<NodeGroup>] = []
  /// Whether some constant must be destroyed with the arena.
  private var holdsConstants = false
  /// Arenas and definitions that records here point into.
  private var arenas: [NodeArena] = []
  private var arenaIDs: Set<ObjectIdentifier> = []
  private var definitions: [TaskDefinition] = []
  private var attachments: [AnyObject] = []
  var calls: CallMemory = CallMemory()

  private static let largestChunk = 1 << 22

  init(firstChunk: Int) {
    nextChunk = firstChunk
    cursor = .allocate(capacity: 1)
    cursor.initialize(to: ArenaCursor())
  }

  // MARK: Making records

  /// Memory for a record in a new chunk; the record is not initialised.
  @inline(never)
  func allocateInNewChunk(_ size: Int) -> UnsafeMutableRawPointer {
    closeChunk()
    let capacity = max(nextChunk, size)
    nextChunk = min(Self.largestChunk, capacity * 2)
    // A record of two inputs is a cache line.
    let chunk = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
    base = chunk
    cursor.pointee.open(chunk, size: capacity)
    return cursor.pointee.take(size).unsafelyUnwrapped  // the chunk is large enough
  }

  private func closeChunk() {
    if let base { closedChunks.append(Chunk(base: base, end: cursor.pointee.next)) }
    base = nil
    cursor.pointee.close()
  }

  /// If binding a record's inputs made nodes of its own, such as one for an array of nodes, it is moved
  /// behind them: so the order in memory is the order of creation.
  @inline(never)
  func moveToEnd(
    _ record: UnsafeMutablePointer<NodeRecord>
  ) -> UnsafeMutablePointer<NodeRecord> {
    let count = Int(record.pointee.inputCount)
    let size = NodeRecord.size(inputs: count)
    let moved = (cursor.pointee.take(size) ?? allocateInNewChunk(size))
      .assumingMemoryBound(to: NodeRecord.self)
    UnsafeMutableRawPointer(moved).copyMemory(from: record, byteCount: size)
    UnsafePointer(record).forEachConstant { input, type in
      let old = UnsafeMutableRawPointer(mutating: UnsafePointer(record).cell(input))
      type.copy(old, to: UnsafeMutableRawPointer(mutating: UnsafePointer(moved).cell(input)))
      type.destroy(old)
    }
    record.pointee.constants = 0
    record.pointee.index = NodeRecord.vacant
    return moved
  }

  /// Says that nothing more will be made here; from then on any thread may walk the records.
  func seal() {
    closeChunk()
    sealed.store(true, ordering: .releasing)
  }

  package var isSealed: Bool { sealed.load(ordering: .acquiring) }

  /// Says that a constant must be destroyed.
  func noteConstant() { holdsConstants = true }

  // MARK: Order

  /// Takes numbers for the next nodes.
  @inline(never)
  func takeOrdinals() { cursor.pointee.numbered = ordinals.take(from: count) }

  /// Says that the next nodes come after a node of another arena.
  func follow(_ source: UnsafePointer<NodeRecord>) {
    if count < cursor.pointee.numbered && ordinals[count] <= source.ordinal {
      cursor.pointee.numbered = count
    }
  }

  func ordinal(of index: Int32) -> UInt64 { ordinals[index] }

  // MARK: What records point to

  /// The group of these facts; one of the last few, if it says the same.
  func group(
    element: UnsafePointer<NodeRecord>? = nil, place: NodePlace? = nil,
    attributes: NodeAttributesBox? = nil
  ) -> UnsafePointer<NodeGroup> {
    let group = NodeGroup(
      arena: .passUnretained(self), cursor: cursor, element: element,
      place: place.map { .passUnretained($0) },
      attributes: attributes.map { .passUnretained($0) })
    if let known = groups.suffix(4).first(where: { $0.pointee.isSame(as: group) }) {
      return UnsafePointer(known)
    }
    if let place { retain(place) }
    if let attributes { retain(attributes) }
    let made = UnsafeMutablePointer<NodeGroup>.allocate(capacity: 1)
    made.initialize(to: group)
    groups.append(made)
    return UnsafePointer(made)
  }

  /// Keeps a definition alive that is no global constant.
  func retain(_ definition: TaskDefinition) {
    if let last = definitions.last, last === definition { return }
    definitions.append(definition)
  }

  private func retain(_ attachment: AnyObject) {
    if let last = attachments.last, last === attachment { return }
    attachments.append(attachment)
  }

  /// Keeps another arena alive that a record here points into.
  ///
  /// A nested `Graph { … }` shares the outer arena, so arenas of one thread refer to older ones only
  /// and form no cycle.
  func retain(_ arena: NodeArena) {
    if arena === self || arenas.last === arena { return }
    if arenas.count >= 8 {
      if arenaIDs.isEmpty { arenaIDs = Set(arenas.map(ObjectIdentifier.init)) }
      guard arenaIDs.insert(ObjectIdentifier(arena)).inserted else { return }
    } else if arenas.contains(where: { $0 === arena }) {
      return
    }
    arenas.append(arena)
  }

  // MARK: Walking through records

  /// The memory of all records of a sealed arena, in creation order.
  package var chunks: [Chunk] { closedChunks }

  /// All records of a sealed arena, by index.
  var records: [UnsafePointer<NodeRecord>] {
    var records: [UnsafePointer<NodeRecord>] = []
    records.reserveCapacity(Int(count))
    for chunk in closedChunks { chunk.forEachRecord { records.append($0) } }
    return records
  }

  deinit {
    closeChunk()
    for chunk in closedChunks {
      if holdsConstants { destroyConstants(in: chunk) }
      chunk.base.deallocate()
    }
    for group in groups { group.deallocate() }
    cursor.deallocate()
    releaseArenas()
  }

  private func destroyConstants(in chunk: Chunk) {
    chunk.forEachRecord { record in
      record.forEachConstant { input, type in
        type.destroy(UnsafeMutableRawPointer(mutating: record.cell(input)))
      }
    }
  }

  /// Frees the arenas that only this one kept, without recursion: a chain of a million nodes made one
  /// by one is a chain of a million arenas.
  private func releaseArenas() {
    var pending = arenas
    arenas = []
    while var arena = pending.popLast() {
      guard isKnownUniquelyReferenced(&arena) else { continue }
      pending.append(contentsOf: arena.arenas)
      arena.arenas = []
    }
  }
}

extension NodeArena.Chunk {
  /// Calls `body` with each record, in creation order, until it gives false.
  @inlinable @inline(__always)
  package func allSatisfy(_ body: (UnsafePointer<NodeRecord>) -> Bool) -> Bool {
    var place = base
    while place < end {
      let record = UnsafePointer(place.assumingMemoryBound(to: NodeRecord.self))
      if record.pointee.index != NodeRecord.vacant && !body(record) { return false }
      place += NodeRecord.size(inputs: record.inputCount)
    }
    return true
  }

  /// Calls `body` with each record, in creation order.
  @inline(__always)
  func forEachRecord(_ body: (UnsafePointer<NodeRecord>) -> Void) {
    _ = allSatisfy {
      body($0)
      return true
    }
  }
}

extension UnsafePointer<NodeRecord> {
  fileprivate func forEachConstant(_ body: (_ input: Int, _ type: ValueType) -> Void) {
    var remaining = pointee.constants
    while remaining != 0 {
      let input = remaining.trailingZeroBitCount
      remaining &= remaining - 1
      body(input, definition.parameters[input].type)
    }
  }
}
