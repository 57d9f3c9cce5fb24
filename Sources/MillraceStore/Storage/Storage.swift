/// The plain layer under a store: where blobs and log segments live.
///
/// All of the store's logic is written above these few methods, once for every kind of storage.
public struct Storage: Sendable {
  /// The artifacts that are too large for a record.
  public var blobs: any BlobStorage
  /// The segments of the log.
  public var logs: any LogStorage
  /// What keeps a clean-up away from a writer.
  public var lock: any StorageLock
  /// Snapshots of the index; `nil` where there are none.
  public var snapshots: (any SnapshotStorage)?
  /// Where this is, for messages: a path or `memory`.
  public var place: String
  /// Whether nothing can be written.
  public var isReadOnly: Bool
  /// What was wrong with the place itself when it was opened.
  public var warnings: [StoreWarning]

  /// What says which format this is, where something does.
  let format: StoreFormat?

  /// Creates a storage of parts.
  public init(
    blobs: any BlobStorage, logs: any LogStorage, lock: any StorageLock, place: String,
    snapshots: (any SnapshotStorage)? = nil, isReadOnly: Bool = false, warnings: [StoreWarning] = []
  ) {
    self.init(
      blobs: blobs, logs: logs, lock: lock, place: place, snapshots: snapshots,
      isReadOnly: isReadOnly, warnings: warnings, format: nil)
  }

  private init(
    blobs: any BlobStorage, logs: any LogStorage, lock: any StorageLock, place: String,
    snapshots: (any SnapshotStorage)?, isReadOnly: Bool, warnings: [StoreWarning],
    format: StoreFormat?
  ) {
    self.blobs = blobs
    self.logs = logs
    self.lock = lock
    self.snapshots = snapshots
    self.place = place
    self.isReadOnly = isReadOnly
    self.warnings = warnings
    self.format = format
  }

  /// A new, empty storage in this process's memory.
  ///
  /// Stores that are given the same value share what it holds.
  public static func memory() -> Storage {
    Storage(
      blobs: MemoryBlobs(), logs: MemoryLogs(), lock: MemoryLock(), place: "memory",
      snapshots: MemorySnapshots())
  }

  /// The storage in a folder of a local file system, which is created if need be.
  ///
  /// A folder that cannot be written to is opened for reading. Network file systems are not
  /// promised to work.
  ///
  /// - Parameters:
  ///   - path: The folder; folders above it are created too.
  ///   - readOnly: Whether to leave the folder alone even if it could be written to.
  /// - Throws: ``StoreFailure`` with code ``StoreFailure/Code-swift.struct/newerFormat``,
  ///   ``StoreFailure/Code-swift.struct/notAStore``, ``StoreFailure/Code-swift.struct/unreadable``
  ///   or ``StoreFailure/Code-swift.struct/unwritable``.
  public static func disk(at path: String, readOnly: Bool = false) throws -> Storage {
    try disk(at: path, readOnly: readOnly, on: SystemDisk())
  }

  /// As ``disk(at:readOnly:)``, by other system calls than the system's.
  package static func disk(
    at path: String, readOnly: Bool = false, on disk: any Disk
  ) throws -> Storage {
    try self.disk(at: path, readOnly: readOnly, on: disk, helpers: .threads())
  }

  /// As ``disk(at:readOnly:)``, by other system calls and threads than the usual ones.
  static func disk(
    at path: String, readOnly: Bool = false, on disk: any Disk, helpers: BlobHelpers
  ) throws -> Storage {
    let folder = try StoreFolder(opening: path, readOnly: readOnly, on: disk)
    return Storage(
      blobs: DiskBlobs(folder: path, on: disk, helpers: helpers),
      logs: DiskLogs(folder: path, on: disk),
      lock: DiskLock(folder: path, isReadOnly: folder.isReadOnly, on: disk), place: path,
      snapshots: DiskSnapshots(folder: path, on: disk), isReadOnly: folder.isReadOnly,
      warnings: folder.warnings, format: StoreFormat(folder: path, on: disk))
  }
}
