import Synchronization

// What segments say of each other, and what follows from it.
extension LogReader {
  /// What is known of segments that are missing.
  struct Misses {
    /// How many records of segments there were at the last look.
    var records = 0
    /// Those that were warned of.
    var reported: Set<WriterID> = []
  }

  /// Whether there are segments that no other tells of.
  func hasUntold(_ index: SharedIndex) -> Bool {
    guard let there = try? segments(logs.list()), !there.isEmpty else { return false }
    return index.withLock { !$0.events.segments.untold(among: there).isEmpty }
  }

  /// What a writer tells who begins a segment, if there are others that no segment tells of.
  ///
  /// Called while no clean-up can be at work.
  func othersRecord(
    by writer: WriterID, in segment: Int32, _ index: SharedIndex, clock: LogicalClock
  ) -> [UInt8]? {
    guard var there = try? segments(logs.list()) else { return nil }
    there.remove(writer)
    return index.withLock { [there] index in
      let untold = index.events.segments.untold(among: there)
      guard !untold.isEmpty else { return nil }
      let record = SegmentsRecord(seen: untold)
      let time = clock.next()
      let payload = record.encoded(at: time)
      index.merge(event: .segments(record), Stamp(time: time, writer: writer))
      payload.withUnsafeBytes { index.keep(event: $0, by: writer, in: segment) }
      return payload
    }
  }

  private func segments(_ names: [String]) -> Set<WriterID> {
    Set(names.compactMap(WriterID.init(name:)))
  }

  /// Warns of segments that others tell of, that nobody removed, and that are not there.
  ///
  /// - Parameters:
  ///   - names: Those that are there, and have been read.
  ///   - evenIfKnown: Whether to look even if nobody has told of more segments since the last time.
  func lookForMissing(
    _ names: [String], evenIfKnown: Bool, _ index: SharedIndex, _ clock: LogicalClock,
    _ warnings: inout [StoreWarning]
  ) throws {
    func missing(_ names: [String]) -> [WriterID: WriterID] {
      let there = segments(names)
      let found = index.withLock { $0.events.segments.missing(among: there) }
      return misses.withLock { misses in found.filter { !misses.reported.contains($0.key) } }
    }
    let records = index.withLock { $0.events.segments.count }
    let isNew = misses.withLock { misses in
      defer { misses.records = records }
      return misses.records != records
    }
    guard isNew || evenIfKnown, !missing(names).isEmpty else { return }
    // Before a clean-up removes a segment it writes down that it does, in one that the next listing shows.
    // So two that are the same, all of which was read in between, have no clean-up between them.
    var names = names
    for _ in 0..<16 {
      let next = try logs.list()
      let isRead = read(next, index, clock, &warnings)
      defer { names = next }
      guard isRead, Set(next) == Set(names) else { continue }
      let missing = missing(next)
      misses.withLock { $0.reported.formUnion(missing.keys) }
      for (segment, teller) in missing.sorted(by: { $0.key < $1.key }) {
        warnings.append(Self.warning(ofMissing: segment, by: teller))
      }
      return
    }
  }

  static func warning(ofMissing segment: WriterID, by teller: WriterID) -> StoreWarning {
    StoreWarning(
      .missingSegment,
      "The segment is missing, of which \(file(teller.name)) tells; what was recorded in it counts as "
        + "not stored.", file: file(segment.name))
  }
}
