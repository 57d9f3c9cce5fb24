import Synchronization

/// Appends records to a segment of its own, many at a time.
///
/// The order is always: objects, then the records that name them. A record waits in memory until
/// the objects put before it are published, then it goes to the kernel with its batch: at the
/// latest after ``latestMilliseconds``, when ``fullSize`` bytes wait, and on ``flush()``.
///
/// After a failed write nothing is known about the medium any more, so the failure stays: every
/// later call throws it, and what was written before remains readable.
final class LogWriter: Sendable {
  static let latestMilliseconds = 200
  static let fullSize = 1 << 20
  /// How many bytes are worth a call that lets the medium begin.
  private static let leastToBegin = 64 << 10
  private static let largestRecord = 1 << 30

  /// The segment that is being written.
  private struct Open {
    var contents: SegmentContents
    var number: Int32
    var segment: any LogSegment
  }
  /// What appending changes.
  private struct State {
    var open: Open?
    /// Waiting records for which the gate was entered.
    var guarded = 0
    var isTimerSet = false
    var failure: StoreFailure?
  }
  /// What writing changes; held during input and output, and before `state`.
  private struct Output {
    /// Whether something was appended to the segment since its last sync.
    var isUnsynced = false
  }
  /// Records on their way to the medium.
  private struct Batch {
    var open: Open
    var count: Int
    var guarded: Int
  }

  private let storage: Storage
  private let options: StoreOptions
  private let clock: LogicalClock
  private let budget: MemoryBudget
  private let register: @Sendable (SegmentContents) -> Int32
  private let hasToTell: @Sendable () -> Bool
  private let tell: @Sendable (_ writer: WriterID, _ segment: Int32) -> [UInt8]?
  private let state = Mutex(State())
  private let output = Mutex(Output())
  /// Whether a segment is open, about: who appends to one that is pays nothing to know it.
  private let hasSegment = Atomic<Bool>(false)
  private let buffers = Mutex<[ResultBuffer]>([])

  /// What holds clean-ups off.
  let gate: WriteGate

  /// - Parameters:
  ///   - register: Called with each new segment; gives it a number.
  ///   - hasToTell: Whether a segment that began now would have others to tell of.
  ///   - tell: Gives what it tells, if anything. While that is on its way to the kernel no clean-up can
  ///     remove them.
  init(
    storage: Storage, options: StoreOptions, clock: LogicalClock, budget: MemoryBudget,
    register: @escaping @Sendable (SegmentContents) -> Int32,
    hasToTell: @escaping @Sendable () -> Bool = { false },
    tell: @escaping @Sendable (_ writer: WriterID, _ segment: Int32) -> [UInt8]? = { _, _ in nil }
  ) {
    self.storage = storage
    self.options = options
    self.clock = clock
    self.budget = budget
    self.register = register
    self.hasToTell = hasToTell
    self.tell = tell
    gate = WriteGate(storage.lock)
  }

  // MARK: Appending

  /// Where a record was put.
  struct Place {
    var segment: Int32
    var writer: WriterID
    var payload: Range<Int>
  }

  /// Appends a record; it is on the medium when the policy says so.
  ///
  /// - Parameters:
  ///   - isGuarded: Whether the caller has entered ``gate`` for it, which is left when the
  ///     record has reached the kernel, or at once if this throws.
  ///   - isInside: Whether the caller has entered the gate, and not for this record alone.
  func append(
    _ payload: [UInt8], isGuarded: Bool = false, isInside: Bool = false
  ) throws -> Place {
    // A new segment tells of others. Without a lock it tells nothing, and its records are as good.
    var isGuarded = isGuarded
    if !isGuarded, !isInside, !hasSegment.load(ordering: .relaxed), hasToTell() {
      isGuarded = (try? gate.enter()) != nil
    }
    let (place, waiting) = try buffer(payload, isGuarded)
    if options.syncPolicy == .every {
      try write(durably: true)
    } else {
      try writeIfFull(waiting)
    }
    return place
  }

  private func buffer(_ payload: [UInt8], _ isGuarded: Bool) throws -> (Place, waiting: Int) {
    let frame = payload.withUnsafeBytes { Frame(of: $0) }
    var needsTimer = false
    defer { if needsTimer { setTimer() } }
    do {
      return try state.withLock { state in
        guard payload.count <= Self.largestRecord else {
          throw StoreFailure(
            .unwritable, "A record is larger than 1 GiB; give the task fewer or smaller inputs.")
        }
        let open = try open(&state, telling: isGuarded)
        if isGuarded { state.guarded += 1 }
        needsTimer = !state.isTimerSet && options.syncPolicy != .every
        state.isTimerSet = state.isTimerSet || needsTimer
        let (offset, waiting) = payload.withUnsafeBytes { open.contents.append($0, frame) }
        let place = Place(
          segment: open.number, writer: open.contents.writer,
          payload: offset..<offset + payload.count)
        return (place, waiting)
      }
    } catch {
      if isGuarded { gate.leave() }
      throw error
    }
  }

  /// The segment that is being written.
  private func open(_ state: inout State, telling: Bool) throws -> Open {
    if let failure = state.failure { throw failure }
    if let open = state.open { return open }
    let open = try openSegment(telling: telling)
    state.open = open
    return open
  }

  // MARK: Appending many

  /// Adds a buffer whose records are taken whenever all is to be written.
  func add(_ buffer: ResultBuffer) {
    buffers.withLock { $0.append(buffer) }
  }

  /// Forgets a buffer, which has to be empty.
  func remove(_ buffer: ResultBuffer) {
    buffers.withLock { $0.removeAll { $0 === buffer } }
  }

  /// Makes sure that all is written soon, because a buffer is not empty any more.
  func expectRecords() {
    let needsTimer = state.withLock { state in
      defer { state.isTimerSet = true }
      return !state.isTimerSet
    }
    if needsTimer { setTimer() }
  }

  /// Where several records were put that lie one behind another.
  struct Stretch {
    var segment: Int32
    /// Of the first frame.
    var offset: Int
    /// How many bytes wait to be written.
    var waiting: Int
  }

  /// Appends records that lie one behind another, each with the beginning of its frame.
  func append(begun records: UnsafeMutableRawBufferPointer) throws -> Stretch {
    // A clean-up of this process may be waiting for the records' buffer: it is not waited for.
    let isGuarded =
      !hasSegment.load(ordering: .relaxed) && hasToTell() && (try? gate.enterIfFree()) == true
    do {
      return try state.withLock { state in
        let open = try open(&state, telling: isGuarded)
        if isGuarded { state.guarded += 1 }
        let (offset, waiting) = open.contents.append(begun: records)
        return Stretch(segment: open.number, offset: offset, waiting: waiting)
      }
    } catch {
      if isGuarded { gate.leave() }
      throw error
    }
  }

  /// Writes what waits, if that is much.
  func writeIfFull(_ waiting: Int) throws {
    if waiting >= Self.fullSize { try write(durably: false) }
  }

  /// Creates a segment under a new random name, beginning with its mark.
  private func openSegment(telling: Bool) throws -> Open {
    var attempts = 0
    while true {
      let writer = WriterID(high: options.random(), low: options.random())
      do {
        let segment = try storage.logs.create(writer.name)
        let contents = SegmentContents(writer: writer, budget: budget)
        contents.append(raw: Frame.magic)
        _ = SegmentMark.start(at: clock.next()).withUnsafeBytes { contents.append($0) }
        let number = register(contents)
        if telling, let record = tell(writer, number) {
          _ = record.withUnsafeBytes { contents.append($0) }
        }
        hasSegment.store(true, ordering: .relaxed)
        return Open(contents: contents, number: number, segment: segment)
      } catch let failure as StoreFailure where failure.code == .nameTaken {
        attempts += 1
        if attempts == 8 { throw failure }
      }
    }
  }

  private func setTimer() {
    options.schedule(Self.latestMilliseconds) { [weak self] in
      guard let self else { return }
      // A failure stays, and the next call throws it.
      try? write(durably: true)
    }
  }

  // MARK: Writing

  /// Returns when all that was appended is as safe as the policy promises.
  func flush() throws {
    try write(durably: true)
  }

  /// Hands over what waits, if that is much, so that the medium takes it in while the caller does something
  /// else. ``flush()`` then waits for less.
  ///
  /// - Throws: What writing throws; the failure stays.
  func beginFlush() throws {
    try emptyBuffers()
    let waiting = state.withLock { $0.open?.contents.waiting ?? 0 }
    if waiting >= Self.leastToBegin { try write(durably: false) }
  }

  /// Ends the segment, if there is one; a later record begins another.
  func close() throws {
    try emptyBuffers()
    try output.withLock { output in
      let batch = state.withLock { state -> Batch? in
        guard let open = state.open else { return nil }
        _ = SegmentMark.end(at: clock.next()).withUnsafeBytes { open.contents.append($0) }
        state.open = nil
        hasSegment.store(false, ordering: .relaxed)
        return takeBatch(of: open, from: &state)
      }
      defer { batch?.open.contents.releaseSpare() }
      try write(batch, durably: true, &output)
      do {
        try batch?.open.segment.seal()
      } catch {
        throw fail(with: error)
      }
    }
  }

  /// Publishes objects, then writes what waits.
  ///
  /// - Parameter durably: Whether to sync what was written too, if the policy does that at all.
  private func write(durably: Bool) throws {
    if durably { try emptyBuffers() }
    try output.withLock { output in
      let batch = state.withLock { state in state.open.map { takeBatch(of: $0, from: &state) } }
      try write(batch, durably: durably, &output)
    }
  }

  /// Before anything is locked: a buffer is locked first, and then what its records go to.
  private func emptyBuffers() throws {
    for buffer in buffers.withLock({ $0 }) { try buffer.empty() }
  }

  private func takeBatch(of open: Open, from state: inout State) -> Batch {
    defer {
      state.guarded = 0
      state.isTimerSet = false
    }
    return Batch(open: open, count: open.contents.takeTail(), guarded: state.guarded)
  }

  private func write(_ batch: Batch?, durably: Bool, _ output: inout Output) throws {
    // Whether written or lost for good, the records of this batch need the gate no longer.
    defer { gate.leave(batch?.guarded ?? 0) }
    if let failure = state.withLock({ $0.failure }) { throw failure }
    let syncs = options.syncPolicy != .none
    do {
      try storage.blobs.publish(durably: syncs)
      guard let batch else { return }
      if batch.count > 0 {
        try batch.open.contents.writeTaken { try batch.open.segment.append($0) }
        output.isUnsynced = true
        // The medium works while tasks do, so that little is left to wait for at the end.
        if !durably, syncs, batch.count >= Self.leastToBegin { batch.open.segment.beginSync() }
      }
      if durably, syncs, output.isUnsynced {
        try batch.open.segment.sync()
        output.isUnsynced = false
      }
    } catch {
      throw fail(with: error)
    }
  }

  private func fail(with error: any Error) -> StoreFailure {
    let cause = error as? StoreFailure
    let failure = StoreFailure(
      .unwritable,
      "The store's log cannot be written, so results since the last flush may be lost; "
        + "free space or check the disk, then run again.",
      path: cause?.path ?? storage.place, cause: cause?.cause ?? error)
    state.withLock { $0.failure = $0.failure ?? failure }
    return failure
  }
}
