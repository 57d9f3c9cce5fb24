import MillraceCoding

/// Writes records that stay into new, sealed segments, so that those they were in can go.
///
/// Every record keeps its time and its first writer, so that nothing changes for whoever merges them, and
/// one that is found twice counts once. The new segments are on the medium before the old ones are
/// removed; who dies in between leaves both.
struct SegmentRewriter {
  /// A segment ends behind the record with which it reaches this size in bytes.
  static let fullSize = 64 << 20
  private static let batchSize = 1 << 20

  private struct Open {
    var segment: any LogSegment
    var writer: WriterID
    var seed: CRC32
    var offset = 0
    var waiting: [UInt8] = []
  }

  private let logs: any LogStorage
  private let random: @Sendable () -> UInt64
  private let clock: LogicalClock
  private let fullSize: Int
  private var open: Open?
  /// The segments that were written.
  private(set) var written = StoreTally()
  /// Their names.
  private var finished: [WriterID] = []

  init(
    _ logs: any LogStorage, random: @escaping @Sendable () -> UInt64, clock: LogicalClock,
    fullSize: Int = SegmentRewriter.fullSize
  ) {
    self.logs = logs
    self.random = random
    self.clock = clock
    self.fullSize = fullSize
  }

  /// Adds a record that lies in another segment.
  mutating func add(_ payload: UnsafeRawBufferPointer, from writer: WriterID) throws {
    var open = try self.open ?? begin()
    let moved = try RecordMoving.payload(payload, from: writer)
    moved.withUnsafeBytes { Self.append($0, to: &open) }
    if open.waiting.count >= Self.batchSize { try Self.write(&open) }
    self.open = open
    if open.offset >= fullSize { try finish() }
  }

  /// Ends the last segment. Returns when all of them would survive a power cut.
  mutating func finish() throws {
    guard var open else { return }
    SegmentMark.end(at: clock.next()).withUnsafeBytes { Self.append($0, to: &open) }
    try Self.write(&open)
    try open.segment.sync()
    try open.segment.seal()
    written.add(open.offset)
    finished.append(open.writer)
    self.open = nil
  }

  /// Ends the last segment with what has to be said of others; begins one for it if need be.
  ///
  /// - Parameter note: Gives what, from the segments that were written and are ended.
  mutating func finish(_ note: (_ new: [WriterID]) -> SegmentsRecord?) throws {
    if let record = note(finished) {
      var open = try self.open ?? begin()
      record.encoded(at: clock.next()).withUnsafeBytes { Self.append($0, to: &open) }
      self.open = open
    }
    try finish()
  }

  private func begin() throws -> Open {
    var attempts = 0
    while true {
      let writer = WriterID(high: random(), low: random())
      do {
        let segment = try logs.create(writer.name)
        var open = Open(segment: segment, writer: writer, seed: Frame.seed(for: writer))
        open.waiting = Frame.magic
        open.offset = Frame.magic.count
        SegmentMark.start(at: clock.next()).withUnsafeBytes { Self.append($0, to: &open) }
        return open
      } catch let failure as StoreFailure where failure.code == .nameTaken {
        attempts += 1
        if attempts == 8 { throw failure }
      }
    }
  }

  private static func append(_ payload: UnsafeRawBufferPointer, to open: inout Open) {
    let before = open.waiting.count
    Frame(of: payload).append(to: &open.waiting, at: open.offset, seed: open.seed)
    open.waiting.append(contentsOf: payload)
    open.offset += open.waiting.count - before
  }

  private static func write(_ open: inout Open) throws {
    try open.waiting.withUnsafeBytes { try open.segment.append($0) }
    open.waiting.removeAll(keepingCapacity: true)
  }
}
