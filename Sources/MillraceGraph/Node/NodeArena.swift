import Synchronization

/// The memory that nodes are made in.
///
/// The nodes of one `Graph { … }` share an arena; a node made outside of one has its own. An arena is
/// written by the thread that builds, and only read once a handle has left that thread. It lives as
/// long as a handle or an arena that refers to it, and is then freed without recursion.
@usableFromInline package final class NodeArena: @unchecked Sendable {
  // All fields are written by the building thread alone, through `TaskCall`, before the handles that
  // make them reachable exist. Records never move.
  private var chunks: [(base: UnsafeMutableRawPointer, used: Int)] = []
  /// Where the next record goes in the last chunk, and where that chunk ends.
  private var cursor: UnsafeMutableRawPointer?
  private var limit: UnsafeMutableRawPointer?
  private var nextChunk: Int
  /// Whether nothing more will be made here.
  private let sealed = Atomic<Bool>(false)
  package private(set) var count: Int32 = 0
  /// By index. A record is allocated before the nodes that are made while its inputs are bound, so
  /// the order in memory is another.
  private(set) var records: [UnsafePointer<NodeRecord>] = []
  /// Whether some constant must be destroyed with the arena.
  private var holdsConstants = false
  /// Arenas and definitions that records here point into.
  private var arenas: [NodeArena] = []
  private var arenaIDs: Set<ObjectIdentifier> = []
  private var definitions: [TaskDefinition] = []
  private var attachments: [AnyObject] = []
  var calls: CallMemory = CallMemory()

  private static let nextOrdinal = Atomic<UInt64>(0)
  private static let largestChunk = 1 << 22

  init(firstChunk: Int) { nextChunk = firstChunk }

  /// Memory for a record with this many inputs; the record is not initialised.
  func allocate(inputs: Int) -> UnsafeMutableRawPointer {
    let size = NodeRecord.size(inputs: inputs)
    guard let cursor, let limit, limit - cursor >= size else { return allocateInNewChunk(size) }
    self.cursor = cursor + size
    return cursor
  }

  private func allocateInNewChunk(_ size: Int) -> UnsafeMutableRawPointer {
    closeChunk()
    let capacity = max(nextChunk, size)
    nextChunk = min(Self.largestChunk, capacity * 2)
    let base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    chunks.append((base, 0))
    cursor = base + size
    limit = base + capacity
    return base
  }

  private func closeChunk() {
    guard let cursor, !chunks.isEmpty else { return }
    chunks[chunks.count - 1].used = cursor - chunks[chunks.count - 1].base
  }

  /// Says that nothing more will be made here; from then on any thread may walk the records.
  func seal() {
    closeChunk()
    sealed.store(true, ordering: .releasing)
  }

  var isSealed: Bool { sealed.load(ordering: .acquiring) }

  /// Gives a finished record its place in the order.
  func register(_ record: UnsafeMutablePointer<NodeRecord>) {
    record.pointee.index = count
    records.append(UnsafePointer(record))
    record.pointee.ordinal = Self.nextOrdinal.add(1, ordering: .relaxed).oldValue
    count += 1
    if record.pointee.constants != 0 { holdsConstants = true }
  }

  /// Keeps a definition alive that is no global constant.
  func retain(_ definition: TaskDefinition) {
    if let last = definitions.last, last === definition { return }
    definitions.append(definition)
  }

  func retain(_ attachment: AnyObject) {
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

  deinit {
    closeChunk()
    for chunk in chunks {
      if holdsConstants { destroyConstants(in: chunk) }
      chunk.base.deallocate()
    }
    releaseArenas()
  }

  private func destroyConstants(in chunk: (base: UnsafeMutableRawPointer, used: Int)) {
    var offset = 0
    while offset < chunk.used {
      let record = UnsafePointer((chunk.base + offset).assumingMemoryBound(to: NodeRecord.self))
      var remaining = record.pointee.constants
      while remaining != 0 {
        let input = remaining.trailingZeroBitCount
        remaining &= remaining - 1
        record.definition.parameters[input].type.destroy(
          UnsafeMutableRawPointer(mutating: record.cell(input)))
      }
      offset += NodeRecord.size(inputs: record.inputCount)
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
