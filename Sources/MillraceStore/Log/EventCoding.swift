import MillraceCoding

/// The payloads of segments' first and last records.
enum SegmentMark {
  private static let formatField: UInt64 = 8
  private static let format: UInt64 = 1

  static func start(at time: LogicalTime) -> [UInt8] {
    var writer = RecordWriter(.segmentStart, time: time, fieldCount: 1)
    writer.add(formatField, format)
    return writer.payload
  }

  static func end(at time: LogicalTime) -> [UInt8] {
    RecordWriter(.segmentEnd, time: time, fieldCount: 0).payload
  }
}

extension InvalidationRecord {
  private enum Field {
    static let key: UInt64 = 8
    static let reason: UInt64 = 9
  }

  func encoded() -> [UInt8] {
    var writer = RecordWriter(.invalidation, time: time, run: run, fieldCount: 2, capacity: 64)
    writer.add(Field.key, key.digest)
    writer.add(Field.reason, reason)
    return writer.payload
  }

  init(
    _ reader: inout RecordReader, from first: UInt64?, at time: LogicalTime
  ) throws(CodingFailure) {
    var (field, key, run, reason) = (first, Key?.none, RunID?.none, "")
    while let number = field {
      switch number {
      case CommonField.run: run = try reader.run()
      case Field.key: key = Key(try reader.digest())
      case Field.reason: reason = try reader.text()
      default: try reader.skip()
      }
      field = try reader.next()
    }
    guard let key else { throw .incompleteRecord }
    self.init(key: key, reason: reason, run: run, time: time)
  }
}

extension NameBinding {
  private enum Field {
    static let name: UInt64 = 8
    static let artifact: UInt64 = 9
    static let key: UInt64 = 10
    static let size: UInt64 = 11
    static let codec: UInt64 = 12
  }

  func encoded() -> [UInt8] {
    var writer = RecordWriter(
      .name, time: time, run: run, fieldCount: 5, capacity: 128 + name.utf8.count)
    writer.add(Field.name, name)
    writer.add(Field.artifact, artifact)
    writer.add(Field.key, key.digest)
    writer.add(Field.size, UInt64(size))
    writer.add(Field.codec, codec)
    return writer.payload
  }

  init(
    _ reader: inout RecordReader, from first: UInt64?, at time: LogicalTime
  ) throws(CodingFailure) {
    var (field, run, size, codec) = (first, RunID?.none, 0, "")
    var (name, artifact, key) = (String?.none, Digest?.none, Key?.none)
    while let number = field {
      switch number {
      case CommonField.run: run = try reader.run()
      case Field.name: name = try reader.text()
      case Field.artifact: artifact = try reader.digest()
      case Field.key: key = Key(try reader.digest())
      case Field.size: size = try reader.count()
      case Field.codec: codec = try reader.text()
      default: try reader.skip()
      }
      field = try reader.next()
    }
    guard let name, let artifact, let key else { throw .incompleteRecord }
    self.init(
      name: name, artifact: artifact, key: key, size: size, codec: codec, run: run, time: time)
  }
}

/// What a record of a run's beginning or end says.
struct RunEvent {
  private enum Field {
    /// At the beginning the pipeline, at the end the status.
    static let text: UInt64 = 8
    static let nodes: UInt64 = 9
    static let executed: UInt64 = 10
    static let hits: UInt64 = 11
    static let failed: UInt64 = 12
    static let listing: UInt64 = 13
    static let listingSize: UInt64 = 14
    static let inlineListing: UInt64 = 15
    static let view: UInt64 = 16
  }

  var run: RunID
  var text: String
  var counts: RunCounts
  var listing: StoredListing?

  static func start(_ run: RunID, pipeline: String, time: LogicalTime) -> [UInt8] {
    var writer = RecordWriter(.runStart, time: time, run: run, fieldCount: 1)
    writer.add(Field.text, pipeline)
    return writer.payload
  }

  static func end(
    _ run: RunID, status: RunStatus, counts: RunCounts, listing: StoredListing?, time: LogicalTime
  ) -> [UInt8] {
    let listingCount =
      listing.map { 2 + ($0.inline == nil ? 0 : 1) + ($0.view == nil ? 0 : 1) } ?? 0
    var writer = RecordWriter(
      .runEnd, time: time, run: run, fieldCount: 5 + listingCount,
      capacity: 128 + (listing?.inline?.count ?? 0))
    writer.add(Field.text, status.rawValue)
    writer.add(Field.nodes, Int64(counts.nodes))
    writer.add(Field.executed, Int64(counts.executed))
    writer.add(Field.hits, Int64(counts.hits))
    writer.add(Field.failed, Int64(counts.failed))
    if let listing {
      writer.add(Field.listing, listing.digest)
      writer.add(Field.listingSize, UInt64(listing.size))
      if let inline = listing.inline {
        inline.withUnsafeBytes { writer.add(Field.inlineListing, $0) }
      }
      if let view = listing.view { writer.add(Field.view, view) }
    }
    return writer.payload
  }

  init(_ reader: inout RecordReader, from first: UInt64?) throws(CodingFailure) {
    var (field, run, text, counts) = (first, RunID?.none, String?.none, RunCounts())
    var (listing, view) = (StoredListing?.none, Digest?.none)
    while let number = field {
      switch number {
      case CommonField.run: run = try reader.run()
      case Field.text: text = try reader.text()
      case Field.nodes: counts.nodes = try reader.count()
      case Field.executed: counts.executed = try reader.count()
      case Field.hits: counts.hits = try reader.count()
      case Field.failed: counts.failed = try reader.count()
      case Field.listing: listing = StoredListing(digest: try reader.digest(), size: 0)
      case Field.listingSize: listing?.size = try reader.count()
      case Field.inlineListing: listing?.inline = try reader.bytes()
      case Field.view: view = try reader.digest()
      default: try reader.skip()
      }
      field = try reader.next()
    }
    guard let run, let text else { throw .incompleteRecord }
    listing?.view = view
    self.listing = listing
    self.run = run
    self.text = text
    self.counts = counts
  }
}

/// A file's digest and the stamp that it was computed under.
struct RememberedFile: Hashable {
  private enum Field {
    static let path: UInt64 = 8
    static let digest: UInt64 = 9
    static let size: UInt64 = 10
    static let modified: UInt64 = 11
    static let inode: UInt64 = 12
    static let device: UInt64 = 13
    static let hashed: UInt64 = 14
  }

  var digest: Digest
  var stamp: FileStamp
  /// When the hashing began, in nanoseconds since the beginning of 1970.
  var hashed: UInt64

  /// Whether an equal stamp proves equal content.
  ///
  /// A file that changes again within the resolution of its modification time, up to 2 s on some
  /// file systems, keeps its stamp. So the stamp must have been older than that when the hashing
  /// began. A modification time in the future proves nothing either.
  var isTrustworthy: Bool {
    guard hashed <= UInt64(Int64.max) else { return false }
    let (age, overflow) = Int64(hashed).subtractingReportingOverflow(stamp.modified)
    return !overflow && age >= 2_000_000_000
  }

  func encoded(path: String, time: LogicalTime) -> [UInt8] {
    var writer = RecordWriter(.file, time: time, fieldCount: 7, capacity: 96 + path.utf8.count)
    writer.add(Field.path, path)
    writer.add(Field.digest, digest)
    writer.add(Field.size, stamp.size)
    writer.add(Field.modified, stamp.modified)
    writer.add(Field.inode, stamp.inode)
    writer.add(Field.device, stamp.device)
    writer.add(Field.hashed, hashed)
    return writer.payload
  }

  static func decode(
    _ reader: inout RecordReader, from first: UInt64?
  ) throws(CodingFailure) -> (path: String, remembered: RememberedFile) {
    var (field, path, digest) = (first, String?.none, Digest?.none)
    var (stamp, hashed) = (FileStamp(size: 0, modified: 0, inode: 0, device: 0), UInt64(0))
    while let number = field {
      switch number {
      case Field.path: path = try reader.text()
      case Field.digest: digest = try reader.digest()
      case Field.size: stamp.size = try reader.integer()
      case Field.modified: stamp.modified = try reader.integer()
      case Field.inode: stamp.inode = try reader.unsigned()
      case Field.device: stamp.device = try reader.unsigned()
      case Field.hashed: hashed = try reader.unsigned()
      default: try reader.skip()
      }
      field = try reader.next()
    }
    guard let path, let digest else { throw .incompleteRecord }
    return (path, RememberedFile(digest: digest, stamp: stamp, hashed: hashed))
  }
}
