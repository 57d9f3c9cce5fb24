import MillraceCoding

/// A record of the log as a reader merges it: what every record has, and what this one says.
struct LogRecord {
  /// What a record says. Of an artifact only the identity is decoded here, the rest on demand.
  enum Content {
    case segmentStart
    case segmentEnd
    case artifact(key: Key, artifact: Digest)
    case invalidation(InvalidationRecord)
    case name(NameBinding)
    case runStart(RunID, pipeline: String)
    case runEnd(RunID, RunStatus, RunCounts, StoredListing?)
    case file(path: String, RememberedFile)
    case attempt(AttemptRecord)
    case segments(SegmentsRecord)
    /// A kind of a later version.
    case unknown
  }

  var time: LogicalTime
  /// Who wrote the record, if that is not the segment's writer.
  var writer: WriterID?
  var content: Content

  /// Decodes a payload.
  ///
  /// - Throws: `CodingFailure` if it is no record, or one of a known kind without what that needs.
  @inline(__always)
  init(_ payload: UnsafeRawBufferPointer) throws(CodingFailure) {
    var reader = try RecordReader(payload)
    guard try reader.next() == CommonField.kind else { throw .incompleteRecord }
    let kind = RecordKind(rawValue: try reader.unsigned())
    guard try reader.next() == CommonField.time else { throw .incompleteRecord }
    time = LogicalTime(nanoseconds: try reader.unsigned())
    guard time <= .latest else { throw .incompleteRecord }
    var field = try reader.next()
    if field == CommonField.writer {
      writer = try reader.writer()
      field = try reader.next()
    }
    if kind == .artifact {
      guard let identity = try ArtifactCoding.decodeIdentity(&reader, from: field) else {
        throw .incompleteRecord
      }
      content = .artifact(key: identity.key, artifact: identity.artifact)
    } else {
      content = try Self.decodeEvent(kind, &reader, from: field, at: time)
    }
  }

  private static func decodeEvent(
    _ kind: RecordKind?, _ reader: inout RecordReader, from first: UInt64?, at time: LogicalTime
  ) throws(CodingFailure) -> Content {
    switch kind {
    case .segmentStart: return .segmentStart
    case .segmentEnd: return .segmentEnd
    case .name: return .name(try NameBinding(&reader, from: first, at: time))
    case .file:
      let file = try RememberedFile.decode(&reader, from: first)
      return .file(path: file.path, file.remembered)
    case .attempt: return .attempt(try AttemptRecord(&reader, from: first, at: time))
    case .segments: return .segments(try SegmentsRecord(&reader, from: first))
    case .invalidation:
      return .invalidation(try InvalidationRecord(&reader, from: first, at: time))
    case .runStart, .runEnd:
      let event = try RunEvent(&reader, from: first)
      if kind == .runStart { return .runStart(event.run, pipeline: event.text) }
      return .runEnd(event.run, RunStatus(rawValue: event.text), event.counts, event.listing)
    case .artifact, nil: return .unknown
    }
  }
}

extension CodingFailure {
  static var incompleteRecord: CodingFailure {
    CodingFailure(.malformed, "The record lacks what its kind needs.")
  }
}
