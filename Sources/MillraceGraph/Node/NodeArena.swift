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
  private var capacity = 0
  private var nextChunk: Int
  package private(set) var count: Int32 = 0
  /// Whether some constant must be destroyed with the arena.
  private var holdsConstants = false
  /// Arenas and definitions that records here point into.
  private var arenas: [NodeArena] = []
  private var arenaIDs: Set<ObjectIdentifier> = []
  private var definitions: [TaskDefinition] = []
  private var attachments: [AnyObject] = []
  var calls: CallMemory = CallMemory()

  private static let nextOrdinal = Atomic<UInt64>(0)
  private static let largestChunk = 1 << 20

  init(firstChunk: Int) { nextChunk = firstChunk }

  /// Memory for a record with this many inputs; the record is not initialised.
  func allocate(inputs: Int) -> UnsafeMutableRawPointer {
    let size = NodeRecord.size(inputs: inputs)
    if chunks.isEmpty || chunks[chunks.count - 1].used + size > capacity {
      capacity = max(nextChunk, size)
      nextChunk = min(Self.largestChunk, capacity * 2)
      chunks.append((.allocate(byteCount: capacity, alignment: 16), 0))
    }
    let chunk = chunks.count - 1
    defer { chunks[chunk].used += size }
    return chunks[chunk].base + chunks[chunk].used
  }

  /// Gives a finished record its place in the order.
  func register(_ record: UnsafeMutablePointer<NodeRecord>) {
    record.pointee.index = count
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
