import MillraceCoding
import Testing

@testable import MillraceStore

/// A segment that is gone is missed by those that came after it, unless a clean-up removed it.
@Suite struct MissingSegmentTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  private var path: String { "\(folder.path)/store" }

  private func open(snapshots: Bool = false) throws -> ArtifactStore {
    var options = StoreOptions.decided(by: fate)
    if snapshots { options.snapshotMinimum = 1 }
    return try ArtifactStore.open(at: path, options: options)
  }

  /// A segment with a result in it.
  private func write(_ number: UInt8, snapshots: Bool = false) throws {
    let store = try open(snapshots: snapshots)
    try store.bind("n\(number)", to: store.save([number], for: .sample(number)))
    try store.close()
  }

  private func segments() -> [String] { folder.files().filter { $0.hasSuffix(".log") } }
  private func file(_ segment: String) -> String { String(segment.dropFirst("store/".count)) }

  /// The segments that a verification misses.
  private func missing() throws -> [String] {
    let problems = try ArtifactStore.open(at: path, readOnly: true).verify().problems
    return problems.filter { $0.warning.code == .missingSegment }.map(\.file)
  }

  private func warnings() throws -> [StoreWarning] {
    try ArtifactStore.open(at: path, readOnly: true).warnings
  }

  /// Removes each segment for a moment.
  ///
  /// - Returns: Those that nobody missed.
  private func unnoticed() throws -> [String] {
    var unnoticed: [String] = []
    for segment in segments() {
      let bytes = try folder.read(segment)
      try folder.remove(segment)
      let (missing, warnings) = (try missing(), try warnings())
      #expect(warnings.map(\.file) == missing.map { Optional($0) })
      #expect(warnings.allSatisfy { $0.code == .missingSegment })
      // With what a clean-up wrote down goes what it knew of others.
      if missing.isEmpty { unnoticed.append(segment) }
      if !missing.isEmpty { #expect(missing.contains(file(segment))) }
      try folder.write(bytes, to: segment, mode: 0o444)
    }
    #expect(try missing().isEmpty && warnings().isEmpty)
    return unnoticed
  }

  /// All ways in which three segments tell of each other, two clean-ups of any of them, each of which may die
  /// between any removals, in whatever order they are.
  @Test func `no segment is missed that a clean-up removed, wherever it died`() {
    func subsets(_ all: [WriterID]) -> [Set<WriterID>] {
      (0..<(1 << all.count)).map { bits in
        Set(all.indices.filter { bits >> $0 & 1 == 1 }.map { all[$0] })
      }
    }
    /// Cleans up, and calls a closure with what there is for each way to die.
    func cleanUp(
      _ ledger: SegmentLedger, _ there: Set<WriterID>, into new: WriterID,
      _ body: (SegmentLedger, Set<WriterID>) -> Void
    ) {
      for gone in subsets(there.sorted()) {
        var ledger = ledger
        let note = ledger.note(removing: gone, among: there, new: [new])
        if let note { ledger.merge(note, of: new) }
        for removed in subsets(gone.sorted()) {
          body(ledger, there.subtracting(removed).union([new]))
        }
      }
    }
    let writers = (1...5).map { WriterID(high: 0, low: $0) }
    for shape in 0..<8 {
      var ledger = SegmentLedger()
      ledger.merge(SegmentsRecord(seen: shape & 1 == 1 ? [writers[0]] : []), of: writers[1])
      let seen = [writers[0], writers[1]].enumerated().filter { shape >> (1 + $0.offset) & 1 == 1 }
      ledger.merge(SegmentsRecord(seen: seen.map(\.element)), of: writers[2])
      cleanUp(ledger, Set(writers[..<3]), into: writers[3]) { ledger, there in
        #expect(ledger.missing(among: there).isEmpty)
        cleanUp(ledger, there, into: writers[4]) { ledger, there in
          #expect(ledger.missing(among: there).isEmpty)
        }
      }
    }
  }

  @Test(arguments: [false, true])
  func `each segment but the last is missed when it is removed, until a repair`(
    snapshots: Bool
  ) throws {
    for number in 1...5 as ClosedRange<UInt8> { try write(number, snapshots: snapshots) }
    // Names rise in these tests.
    #expect(try unnoticed() == segments().suffix(1))
    for (place, segment) in segments().dropLast().enumerated() {
      try folder.remove(segment)
      #expect(try missing() == [file(segment)])
      let store = try open(snapshots: snapshots)
      #expect(store.warnings.map(\.file) == [file(segment)])
      try store.refresh()
      #expect(store.warnings.count == 1, "it is said once")
      let report = try store.verify(repairing: true)
      #expect(report.problems.count == 1 && report.remaining.isEmpty)
      #expect(report.problems[0].description.hasSuffix("Repaired."))
      #expect(try missing().isEmpty && warnings().isEmpty)
      let found = (1...5 as ClosedRange<UInt8>).filter { store.value(of: .sample($0)) != nil }
      #expect(found == Array(UInt8(place + 2)...5), "what is there is left alone")
    }
  }

  @Test func `writers at once tell of each other`() throws {
    let stores = try (0..<3).map { _ in try open() }
    for (number, store) in stores.enumerated() {
      try store.save([UInt8(number)], for: .sample(UInt8(number)))
      try store.flush()
    }
    #expect(try missing().isEmpty)
    for store in stores { try store.close() }
    #expect(try unnoticed() == segments().suffix(1))
  }

  @Test func `a segment that goes while a store is open is missed once by it`() throws {
    try write(1)
    try write(2)
    let store = try open()
    try folder.remove(segments()[0])
    try store.refresh()
    try store.refresh()
    #expect(store.warnings.map(\.code) == [.missingSegment])
    #expect(store.find(.sample(1)) == nil && store.value(of: .sample(2)) == [2])
  }

  @Test(arguments: 0..<20)
  func `clean-ups and repairs are not missed, whatever they remove`(seed: Int) throws {
    var chance = Chance(seed: seed)
    var live: ArtifactStore?
    try write(101)
    for step in 0..<30 {
      switch chance.next(below: 10) {
      case 0: try live?.close()
      case 1:
        live = try open()
        try live?.save([1, UInt8(step)], for: .sample(200))
        try live?.flush()
      case 2:
        // Something to rewrite a segment for.
        let store = try open()
        try store.invalidate(.sample(UInt8(chance.next(below: 30))), reason: "a test")
        try store.close()
      case 3: try open().collectGarbage(RetentionPolicy(keepLast: 1))
      case 4: try open().collectGarbage()
      case 5: #expect(try open().verify(repairing: true).problems.isEmpty)
      default:
        let store = try open()
        let number = UInt8(chance.next(below: 30))
        try store.save([number], for: .sample(number))
        if chance.next(below: 2) == 0 {
          try store.bind("n\(number)", to: #require(store.find(.sample(number))))
        }
        try store.close()
      }
      #expect(try missing().isEmpty && warnings().isEmpty, "step \(step)")
    }
    try live?.close()
    try write(100)
    #expect(try unnoticed().count == 1, "the last one")
  }

  @Test func `who is missing when a clean-up goes by is missed behind it`() throws {
    try write(1)
    let lost = segments()[0]
    // The one that tells of it is written anew, as a result in it goes.
    let store = try open()
    try store.bind("n2", to: store.save([2], for: .sample(2)))
    try store.save([3], for: .sample(3))
    try store.invalidate(.sample(3), reason: "a test")
    try store.close()
    let teller = try #require(segments().last)
    try write(4)
    try folder.remove(lost)
    try open().collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(!segments().contains(teller))
    #expect(try missing() == [file(lost)])
    #expect(try open().verify(repairing: true).remaining.isEmpty)
    #expect(try missing().isEmpty && warnings().isEmpty)
  }

  @Test func `each segment is told of once, however many there are`() throws {
    for number in 0..<40 as Range<UInt8> { try write(number) }
    let audit = try LogAudit(of: Storage.disk(at: path).logs)
    #expect(audit.segments.count == 40)
    let counts = try segments().map { try told(in: $0) }
    #expect(counts == [0] + Array(repeating: 1, count: 39))
  }

  /// Of how many others a segment tells.
  private func told(in segment: String) throws -> Int {
    let name = String(segment.suffix(36).dropLast(4))
    let walk = try #require(SegmentWalk(name, in: Storage.disk(at: path).logs))
    var count = 0
    _ = try walk.forEach { item in
      guard case .record(let payload, _) = item,
        case .segments(let record) = try LogRecord(payload).content
      else { return }
      count += record.seen.count
    }
    return count
  }

  @Test func `the bytes of what a segment tells are pinned`() throws {
    let record = SegmentsRecord(
      seen: [WriterID(high: 1, low: 2)],
      removed: [WriterID(high: 3, low: 4), WriterID(high: 5, low: 6)])
    let payload = record.encoded(at: LogicalTime(nanoseconds: 7))
    let word: (UInt8) -> [UInt8] = { [0, 0, 0, 0, 0, 0, 0, $0] }
    #expect(
      payload == [0xa4, 0, 9, 1, 7, 8, 0x50] + word(1) + word(2) + [9, 0x58, 0x20]
        + word(3) + word(4) + word(5) + word(6))
    let decoded = try payload.withUnsafeBytes { try LogRecord($0) }
    guard case .segments(record) = decoded.content else {
      Issue.record("\(decoded)")
      return
    }
    // Seventeen bytes are no writers.
    let wrong = [0xa3, 0, 9, 1, 7, 8, 0x51] + [UInt8](repeating: 1, count: 17)
    #expect(throws: CodingFailure.self) { try wrong.withUnsafeBytes { try LogRecord($0) } }
  }

  @Test func `what is said in a segment that is gone does not count`() {
    let ids = (0..<4 as Range<UInt64>).map { WriterID(high: 0, low: $0) }
    var ledger = SegmentLedger()
    ledger.merge(SegmentsRecord(seen: [ids[0]]), of: ids[1])
    #expect(ledger.missing(among: [ids[1]]) == [ids[0]: ids[1]])
    #expect(ledger.missing(among: [ids[2]]).isEmpty)
    #expect(ledger.untold(among: [ids[0], ids[1]]) == [ids[1]])
    #expect(ledger.untold(among: [ids[0], ids[2]]) == [ids[0], ids[2]])
    // Nothing is said of what nobody tells of.
    #expect(ledger.note(removing: [ids[1]], among: [ids[0], ids[1]], new: [ids[2]])?.removed == [])
    let note = ledger.note(removing: [ids[0]], among: [ids[0], ids[1]], new: [ids[2]])
    #expect(note == SegmentsRecord(seen: [ids[1], ids[2]], removed: [ids[0]]))
    #expect(ledger.note(removing: [], among: [ids[0], ids[1]]) == nil)
    #expect(
      ledger.note(removing: [], among: [ids[1]], settling: true) == .init(removed: [ids[0]]))
  }
}
