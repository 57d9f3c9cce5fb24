import MillraceCoding

/// What a record says of other segments than its own.
///
/// No file lists the segments: several writers would race for it. Instead each says in its own which ones
/// it saw, so that one that disappears is missed by those that came after it.
struct SegmentsRecord: Hashable, Sendable {
  private enum Field {
    static let seen: UInt64 = 8
    static let removed: UInt64 = 9
  }

  /// Segments that were there, and that no other segment told of.
  var seen: [WriterID] = []
  /// Segments that a clean-up removed, or a repair found gone.
  var removed: [WriterID] = []

  func encoded(at time: LogicalTime) -> [UInt8] {
    let lists = [(Field.seen, seen), (Field.removed, removed)].filter { !$0.1.isEmpty }
    var writer = RecordWriter(
      .segments, time: time, fieldCount: lists.count, capacity: 16 * (seen.count + removed.count))
    for (field, list) in lists {
      var bytes: [UInt8] = []
      for segment in list { segment.withUnsafeBytes { bytes += $0 } }
      bytes.withUnsafeBytes { writer.add(field, $0) }
    }
    return writer.payload
  }

  init(seen: [WriterID] = [], removed: [WriterID] = []) {
    self.seen = seen
    self.removed = removed
  }

  init(_ reader: inout RecordReader, from first: UInt64?) throws(CodingFailure) {
    var field = first
    while let number = field {
      switch number {
      case Field.seen: seen = try reader.writers()
      case Field.removed: removed = try reader.writers()
      default: try reader.skip()
      }
      field = try reader.next()
    }
  }
}

/// What segments say of each other: a value, made by merging records in any order.
struct SegmentLedger: Sendable {
  /// By segment, those that its writer saw.
  private var seen: [WriterID: [WriterID]] = [:]
  /// By segment, those that are gone on purpose.
  private var removed: [WriterID: [WriterID]] = [:]
  /// How many records were merged.
  private(set) var count = 0

  /// - Parameter segment: The one that the record was written in first: what was said in one that is gone
  ///   counts as not said.
  mutating func merge(_ record: SegmentsRecord, of segment: WriterID) {
    if !record.seen.isEmpty { seen[segment, default: []] += record.seen }
    if !record.removed.isEmpty { removed[segment, default: []] += record.removed }
    count += 1
  }

  /// The segments of which others tell and that nobody removed.
  ///
  /// - Parameter there: All segments that there are.
  /// - Returns: For each, one that tells of it.
  func missing(among there: Set<WriterID>) -> [WriterID: WriterID] {
    var missing: [WriterID: WriterID] = [:]
    for (teller, segments) in seen where there.contains(teller) {
      for segment in segments where !there.contains(segment) {
        missing[segment] = min(teller, missing[segment] ?? teller)
      }
    }
    guard !missing.isEmpty else { return [:] }
    for segment in removed.values.joined() { missing[segment] = nil }
    return missing
  }

  /// Those that somebody who begins a segment now has to tell of.
  func untold(among there: Set<WriterID>) -> [WriterID] {
    there.subtracting(told(by: there)).sorted()
  }

  private func told(by tellers: Set<WriterID>) -> Set<WriterID> {
    var told: Set<WriterID> = []
    for (teller, segments) in seen where tellers.contains(teller) { told.formUnion(segments) }
    return told
  }

  /// What has to be written before segments are removed, so that nobody misses them, and so that those
  /// are missed still that only they told of.
  ///
  /// - Parameters:
  ///   - gone: The segments that are about to be removed.
  ///   - there: All segments that there are, with those.
  ///   - new: Others that have been written to take their place.
  ///   - settling: Whether segments that are missing now are to be missed no more.
  /// - Returns: `nil` if there is nothing to say.
  func note(
    removing gone: Set<WriterID>, among there: Set<WriterID>, new: [WriterID] = [],
    settling: Bool = false
  ) -> SegmentsRecord? {
    let staying = there.subtracting(gone)
    let told = told(by: staying)
    let lost = Set(missing(among: there).keys)
    // Of what is removed that matters of which somebody tells, and be it one that is removed too: whoever
    // dies in between leaves it behind.
    let known = gone.union(gone.flatMap { removed[$0] ?? [] }).union(settling ? lost : [])
    let seen = staying.union(new).union(settling ? [] : lost).subtracting(told)
    let record = SegmentsRecord(
      seen: gone.isEmpty ? [] : seen.sorted(),
      removed: known.subtracting(staying).intersection(self.told(by: there)).sorted())
    return record.seen.isEmpty && record.removed.isEmpty ? nil : record
  }
}
