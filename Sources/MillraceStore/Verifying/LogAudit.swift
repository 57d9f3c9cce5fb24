import MillraceCoding

/// A look at all segments: what is wrong in them, and what their records need.
struct LogAudit: Sendable {
  /// An artifact that records need as an object.
  struct Need: Sendable {
    var count = 0
    /// By the records, if they say the same.
    var size: Int?
    var segments: Set<String> = []
  }

  struct Result: Hashable, Sendable {
    var key: Key
    var artifact: Digest
  }

  /// A record of kind 4.
  struct Name: Sendable {
    var binding: NameBinding
    var segment: String
    var file: String
    var offset: Int
  }

  private(set) var findings: [StoreAudit.Finding] = []
  private(set) var needs: [Digest: Need] = [:]
  /// The results whose bytes are in their records.
  private(set) var inline: Set<Result> = []
  private(set) var names: [Name] = []
  /// Segments that live writers hold.
  private(set) var held: Set<String> = []
  private(set) var records = 0
  private(set) var bytes = 0
  /// What segments say of each other, and those that there are.
  private(set) var ledger = SegmentLedger()
  private(set) var segments: Set<WriterID> = []

  init(of logs: any LogStorage) throws {
    for name in try logs.list().sorted() {
      guard let walk = SegmentWalk(name, in: logs) else { continue }
      do {
        try visit(walk)
      } catch {
        // One that is gone by now has been merged into another by a clean-up.
        guard try logs.list().contains(name) else { continue }
        add(
          .unreadableSegment, "The segment cannot be read (\(error)); its results are unknown.",
          walk, at: nil, remedy: StoreAudit.Remedy.none)
      }
    }
    // Listed now: segments may have been begun, and told of, since the first look.
    segments = Set(try logs.list().compactMap(WriterID.init(name:)))
    for (segment, teller) in ledger.missing(among: segments).sorted(by: { $0.key < $1.key }) {
      findings.append(
        .init(
          warning: LogReader.warning(ofMissing: segment, by: teller),
          remedy: .settle(segment: segment)))
    }
  }

  private mutating func add(
    _ code: StoreWarning.Code, _ message: String, _ walk: SegmentWalk, at offset: Int?,
    remedy: StoreAudit.Remedy? = nil
  ) {
    findings.append(
      .init(
        warning: StoreWarning(code, message, file: walk.file, offset: offset),
        remedy: remedy ?? .rewrite(segment: walk.name)))
  }

  private mutating func visit(_ walk: SegmentWalk) throws {
    // Asked before the segment is read, so that nobody can have come and gone in between.
    let isHeld = try walk.isHeld()
    if isHeld { held.insert(walk.name) }
    var sawEnd = false
    let ending = try walk.forEach { item in
      switch item {
      case .record(let payload, let offset):
        records += 1
        do {
          try visit(payload, at: offset, in: walk, &sawEnd)
        } catch let failure as CodingFailure {
          add(
            .damagedRecord, "A record cannot be understood (\(failure)); it is skipped.", walk,
            at: offset)
        }
      case .damage(let range):
        add(
          .damagedRecord,
          "\(range.count) bytes are damaged; the results recorded there count as not stored.", walk,
          at: range.lowerBound)
      case .damagedMagic:
        add(
          .damagedHeader, "The segment does not begin as one; its records are read all the same.",
          walk, at: 0)
      }
    }
    bytes += ending.size
    let torn = ending.size - ending.offset
    if ending.isSealed, !sawEnd {
      add(
        .truncatedSegment,
        "The segment ends without its closing record; results recorded at its end are lost.", walk,
        at: ending.offset)
    } else if torn > 0, ending.isSealed || !isHeld {
      add(
        .tornTail,
        "The segment ends with \(torn) bytes that are no whole record; what was to be recorded there "
          + "counts as not stored.", walk, at: ending.offset)
    }
  }

  private mutating func visit(
    _ payload: UnsafeRawBufferPointer, at offset: Int, in walk: SegmentWalk, _ sawEnd: inout Bool
  ) throws(CodingFailure) {
    let links = try RecordLinks(payload)
    for object in links.objects {
      var need = needs[object.artifact] ?? Need()
      need.count += 1
      need.size = object.size ?? need.size
      need.segments.insert(walk.name)
      needs[object.artifact] = need
    }
    switch links.record.content {
    case .segmentEnd: sawEnd = true
    case .segments(let record): ledger.merge(record, of: links.record.writer ?? walk.writer)
    case .artifact(let key, let artifact):
      guard let range = links.inline else { break }
      guard links.hasWholeArtifact(payload) else {
        add(
          .corruptArtifact,
          "The record's artifact of \(range.count) bytes does not match its digest; it counts as not stored.",
          walk, at: offset)
        return
      }
      inline.insert(Result(key: key, artifact: artifact))
    case .name(let binding):
      names.append(Name(binding: binding, segment: walk.name, file: walk.file, offset: offset))
    default: break
    }
  }
}

extension RecordLinks {
  /// Whether the bytes that the record carries are those of its artifact; true if it carries none.
  func hasWholeArtifact(_ payload: UnsafeRawBufferPointer) -> Bool {
    guard let inline, case .artifact(_, let artifact) = record.content else { return true }
    return inline.count == size
      && Digest.sha256(UnsafeRawBufferPointer(rebasing: payload[inline])) == artifact
  }
}
