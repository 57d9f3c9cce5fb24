import MillraceCoding
import Synchronization

/// Reads what segments say, from where it stopped last time.
///
/// It changes nothing: a torn tail may be a record that a live writer is just writing.
final class LogReader: Sendable {
  /// How far a segment has been read.
  struct Progress {
    var contents: SegmentContents
    var number: Int32
    var offset = 0
    /// The segment's size when it was last read.
    var size = 0
    var sawEnd = false
    /// Nothing more can come.
    var isComplete = false
    /// A writer in this store merges the records.
    var isOwn = false
    /// A torn tail is reported once, not at every look.
    var isTornReported = false
  }

  private static let stretch = 4 << 20
  /// How many bytes of a segment room is made for before they are read: it may be no segment at all.
  private static let mostExpected = 64 << 20

  let logs: any LogStorage
  private let budget: MemoryBudget
  /// Held while reading, before the index.
  let progress = Mutex<[String: Progress]>([:])
  /// What is known of segments that are missing.
  let misses = Mutex(Misses())

  init(logs: any LogStorage, budget: MemoryBudget) {
    self.logs = logs
    self.budget = budget
  }

  /// Leaves a segment to its writer in this store, who merges its records himself.
  ///
  /// Called while the segment is still empty, so that nothing is merged twice.
  func ignore(_ segment: SegmentContents, number: Int32) {
    progress.withLock {
      $0[segment.name] = Progress(
        contents: segment, number: number, isComplete: true, isOwn: true)
    }
  }

  /// Merges all records that appeared since the last call, and lets go of those that went with their
  /// segments.
  ///
  /// - Returns: What was found wrong.
  /// - Throws: ``StoreFailure`` if the segments cannot be listed. One that cannot be read is a
  ///   warning.
  func read(into index: SharedIndex, clock: LogicalClock) throws -> [StoreWarning] {
    var warnings: [StoreWarning] = []
    // Those known before the listing: a segment of ours may begin behind it.
    let known = progress.withLock { Set($0.keys) }
    var names = try logs.list()
    while !read(names, index, clock, &warnings) { names = try logs.list() }
    let areSomeGone = !known.isSubset(of: names)
    if areSomeGone {
      // Before a segment disappears, what matters in it is moved to another one, which a listing that
      // begins now must show.
      repeat { names = try logs.list() } while !read(names, index, clock, &warnings)
      forget(known.subtracting(names), in: index)
    }
    try lookForMissing(names, evenIfKnown: areSomeGone, index, clock, &warnings)
    return warnings
  }

  /// - Returns: Whether all of them were there to be read.
  func read(
    _ names: [String], _ index: SharedIndex, _ clock: LogicalClock,
    _ warnings: inout [StoreWarning]
  ) -> Bool {
    var wereThere = true
    for name in names.sorted() {
      // A new segment of ours is left out before anything is written to it: see `ignore`.
      progress.withLock { progress in
        guard let writer = WriterID(name: name) else { return }
        let known = progress[name]
        guard known?.isComplete != true else { return }
        var segment =
          known
          ?? {
            let contents = SegmentContents(writer: writer, budget: budget)
            return Progress(contents: contents, number: index.withLock { $0.add(contents) })
          }()
        defer { progress[name] = segment }
        do {
          try read(&segment, index, clock, &warnings)
        } catch {
          // It may have disappeared since it was listed.
          if let names = try? logs.list(), !names.contains(name) {
            wereThere = false
            return
          }
          warnings.append(
            StoreWarning(
              .unreadableSegment, "The segment cannot be read (\(error)); its results are unknown.",
              file: Self.file(name), offset: segment.offset))
        }
      }
    }
    return wereThere
  }

  static func file(_ name: String) -> String { "log/\(name).log" }

  private func read(
    _ segment: inout Progress, _ index: SharedIndex, _ clock: LogicalClock,
    _ warnings: inout [StoreWarning]
  ) throws {
    var limit = Self.stretch
    var isLastLook = false
    while true {
      var chunk = try logs.read(segment.contents.name, from: segment.offset, limit: limit)
      let start = segment.offset
      let chunkEnd = start + chunk.bytes.count
      let missing = scan(chunk, &segment, index, clock, &warnings)
      // Taken out of the chunk, so that what is behind the last record goes without a copy of the rest.
      var bytes: [UInt8] = []
      swap(&bytes, &chunk.bytes)
      bytes.removeLast(chunkEnd - segment.offset)
      segment.contents.keep(bytes, at: start)
      guard chunkEnd < chunk.size, chunkEnd > start else {
        let isTorn = !chunk.isSealed && segment.offset < chunk.size && !segment.isTornReported
        if isTorn, !isLastLook, !logs.isBeingWritten(segment.contents.name) {
          // Its writer may have ended the record, and himself, since the bytes were read.
          isLastLook = true
          limit = max(Self.stretch, chunk.size - segment.offset)
          continue
        }
        finish(&segment, chunk, isAbandoned: isLastLook, &warnings)
        return
      }
      // Behind damage the next record may be anywhere, so the rest is looked at as a whole.
      let rest = chunk.size - segment.offset
      let needed = missing == 0 ? rest : chunkEnd - segment.offset + missing
      limit = min(rest, max(Self.stretch, needed))
    }
  }

  /// Merges the records of a chunk.
  ///
  /// - Returns: How many bytes the record at the chunk's end lacks; 0 if there is none.
  private func scan(
    _ chunk: LogChunk, _ segment: inout Progress, _ index: SharedIndex,
    _ clock: LogicalClock, _ warnings: inout [StoreWarning]
  ) -> Int {
    let readsNames = !budget.hasRoom(for: chunk.bytes.count)
    return chunk.bytes.withUnsafeBytes { bytes in
      let start = segment.offset
      var skipped = 0
      if start == 0 {
        guard bytes.count >= Frame.magic.count else { return Frame.magic.count - bytes.count }
        if !bytes.prefix(Frame.magic.count).elementsEqual(Frame.magic) {
          warnings.append(
            StoreWarning(
              .damagedHeader,
              "The segment does not begin as one; its records are read all the same.",
              file: Self.file(segment.contents.name), offset: 0))
        }
        skipped = Frame.magic.count
      }
      return index.withLock { index in
        // For all of it at once, or what is there would be moved again and again.
        index.expect(bytes: min(chunk.size - start, Self.mostExpected))
        var scanner = SegmentScanner(
          UnsafeRawBufferPointer(rebasing: bytes[skipped...]), at: start + skipped,
          seed: segment.contents.seed)
        var latest = LogicalTime(nanoseconds: 0)
        defer {
          segment.offset = scanner.offset
          clock.observe(latest)
        }
        while true {
          switch scanner.next() {
          case .record(let range):
            let payload = UnsafeRawBufferPointer(
              rebasing: bytes[range.lowerBound - start..<range.upperBound - start])
            if let scan = ArtifactScan(payload) {
              latest = max(latest, scan.time)
              index.merge(scan, in: segment.number, payload: range)
              continue
            }
            do throws(CodingFailure) {
              let record = try LogRecord(payload)
              latest = max(latest, record.time)
              if case .segmentEnd = record.content { segment.sawEnd = true }
              index.merge(
                record, in: segment.number, payload: range, bytes: payload,
                readingName: readsNames)
            } catch {
              warnings.append(
                StoreWarning(
                  .damagedRecord, "A record cannot be understood (\(error)); it is skipped.",
                  file: Self.file(segment.contents.name), offset: range.lowerBound))
            }
          case .damage(let range):
            warnings.append(
              StoreWarning(
                .damagedRecord,
                "\(range.count) bytes are damaged; the results recorded there count as not stored.",
                file: Self.file(segment.contents.name), offset: range.lowerBound))
          case .end(let missing):
            return missing
          }
        }
      }
    }
  }

  /// Judges the end of a segment's bytes.
  ///
  /// - Parameter isAbandoned: Whether nobody held the segment when they were read.
  private func finish(
    _ segment: inout Progress, _ chunk: LogChunk, isAbandoned: Bool,
    _ warnings: inout [StoreWarning]
  ) {
    let name = segment.contents.name
    segment.isComplete = chunk.isSealed
    segment.size = chunk.size
    let torn = chunk.size - segment.offset
    if chunk.isSealed {
      if !segment.sawEnd {
        warnings.append(
          StoreWarning(
            .truncatedSegment,
            "The segment ends without its closing record; results recorded at its end are lost.",
            file: Self.file(name), offset: segment.offset))
      }
    } else if torn > 0, isAbandoned, !segment.isTornReported {
      segment.isTornReported = true
      warnings.append(
        StoreWarning(
          .tornTail,
          "The segment ends with \(torn) bytes of an unfinished record, because its writer was "
            + "killed or the file was cut; what was to be recorded there counts as not stored.",
          file: Self.file(name), offset: segment.offset))
    }
  }
}
