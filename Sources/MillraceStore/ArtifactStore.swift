import MillraceCoding
import Synchronization

/// Where results live: artifacts by their digest, and the log that says which key has which.
///
/// ```swift
/// let store = try ArtifactStore.open(at: ".millrace")
/// if let record = store.find(key) {
///   let bytes = try store.load(record)
/// } else {
///   try bytes.withUnsafeBytes { try store.save($0, for: key, facts: facts) }
/// }
/// try store.close()
/// ```
///
/// A store only ever adds. Any number of processes may use one folder at once; each sees what the
/// others had written when it opened the store or last called ``refresh()``. All methods may be
/// called from any thread; those that read or write files block it.
///
/// What is wrong with the stored bytes is never fatal: it is reported as a ``StoreWarning``, and
/// what it concerns counts as not stored.
public final class ArtifactStore: Sendable {
  let storage: Storage
  let options: StoreOptions
  let clock: LogicalClock
  let index: SharedIndex
  let writer: LogWriter
  private let reader: LogReader
  private let snapshots: Snapshots?
  private let reported = Mutex<[StoreWarning]>([])
  /// Artifacts whose bytes proved wrong, to be replaced when somebody saves them again.
  let broken = Mutex<Set<Digest>>([])
  /// How many clean-ups the index knows of.
  let knownCleanUps = Atomic<Int>(-1)

  /// How many warnings ``warnings`` keeps.
  private static let mostWarnings = 1000

  /// Creates a store on a storage and reads its log.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unreadable`` if the log
  ///   cannot be listed.
  public init(storage: Storage, options: StoreOptions = StoreOptions()) throws {
    self.storage = storage
    self.options = options
    let clock = LogicalClock(wallClock: options.wallClock)
    let budget = MemoryBudget(limit: options.memoryLimit)
    let index = SharedIndex()
    let reader = LogReader(logs: storage.logs, budget: budget)
    self.clock = clock
    self.index = index
    self.reader = reader
    snapshots = storage.snapshots.map {
      Snapshots($0, options: options, isReadOnly: storage.isReadOnly)
    }
    writer = LogWriter(
      storage: storage, options: options, clock: clock, budget: budget,
      register: { contents in
        let number = index.withLock { $0.add(contents) }
        reader.ignore(contents, number: number)
        return number
      },
      hasToTell: { reader.hasUntold(index) },
      tell: { reader.othersRecord(by: $0, in: $1, index, clock: clock) })
    for warning in storage.warnings { warn(warning) }
    let warnings =
      snapshots?.load(into: index, of: reader, budget: budget, clock: clock) ?? []
    for warning in warnings { warn(warning) }
    try refresh()
  }

  deinit {
    // Whoever wants to know whether this succeeds calls `close()` himself.
    try? close()
  }

  /// A new, empty store in this process's memory.
  public static func inMemory(options: StoreOptions = StoreOptions()) -> ArtifactStore {
    var storage = Storage.memory()
    // Nobody will ever open it again.
    storage.snapshots = nil
    do {
      return try ArtifactStore(storage: storage, options: options)
    } catch {
      preconditionFailure("A storage in memory always lists its segments.")
    }
  }

  /// The store in a folder of a local file system, which is created if there is none.
  ///
  /// A folder that cannot be written to is opened for reading, as ``isReadOnly`` says.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - readOnly: Whether to change nothing even if the folder could be written to.
  /// - Throws: ``StoreFailure`` as ``Storage/disk(at:readOnly:)`` says.
  public static func open(
    at path: String, readOnly: Bool = false, options: StoreOptions = StoreOptions()
  ) throws -> ArtifactStore {
    try ArtifactStore(storage: .disk(at: path, readOnly: readOnly), options: options)
  }

  /// Whether nothing can be stored.
  ///
  /// ``save(_:for:facts:)`` and ``bind(_:to:run:)`` then throw; what is said about runs, files and
  /// invalid keys is known to this value only.
  public var isReadOnly: Bool { storage.isReadOnly }

  /// Where the store is, for messages: a path or `memory`.
  public var place: String { storage.place }

  // MARK: Reading on and writing out

  /// Takes in what other processes have recorded since the store was opened or last refreshed.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unreadable`` if the log
  ///   cannot be listed.
  public func refresh() throws {
    for warning in try reader.read(into: index, clock: clock) { warn(warning) }
  }

  /// Returns when everything saved so far is as safe as the ``SyncPolicy`` promises.
  ///
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/unwritable``, from then
  ///   on at every attempt to store: what was flushed before is safe, the rest may be lost.
  public func flush() throws {
    try writer.flush()
  }

  /// Begins what ``flush()`` is going to wait for, where that is much.
  ///
  /// - Throws: As ``flush()`` does.
  package func beginFlush() throws {
    try writer.beginFlush()
  }

  /// Flushes, and ends this value's segment of the log, which makes later openings cheaper.
  ///
  /// The store remains usable; saving again begins another segment.
  ///
  /// - Throws: As ``flush()`` does.
  public func close() throws {
    try writer.close()
    writeSnapshot()
  }

  /// Writes a snapshot of the index if too much of the log is in none.
  private func writeSnapshot() {
    guard let snapshots else { return }
    let warning = snapshots.write(records: index.withLock { $0.records }) {
      gatherNames()
      let (index, coverage) = reader.coverage(in: index)
      return index.isWhatTheLogSays ? SnapshotContent(index, coverage) : nil
    }
    if let warning { warn(warning) }
  }

  // MARK: Warnings

  /// The first thousand warnings of this value, in the order in which they were found.
  public var warnings: [StoreWarning] { reported.withLock { $0 } }

  func warn(_ warning: StoreWarning) {
    reported.withLock { warnings in
      if warnings.count < Self.mostWarnings { warnings.append(warning) }
    }
    options.onWarning(warning)
  }
}
