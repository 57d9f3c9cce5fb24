import MillraceCoding

/// What a record is and what it needs, for whoever decides what stays.
struct RecordLinks {
  private enum RunField {
    static let listing: UInt64 = 13
    static let listingSize: UInt64 = 14
    static let inlineListing: UInt64 = 15
  }

  /// An object that the record's content is in.
  struct Object {
    var artifact: Digest
    var size: Int?
  }

  var record: LogRecord
  /// The run that it belongs to.
  var run: RunID?
  /// Of an artifact's record, the pipeline and the name that it binds.
  var (pipeline, name): (String?, String?) = (nil, nil)
  /// Of an artifact's record, where in the payload the bytes are.
  var inline: Range<Int>?
  /// The artifact's size by its record.
  var size = 0
  var objects: [Object] = []
  /// Results without which this one does not count.
  var further: [FurtherOutput] = []

  init(_ payload: UnsafeRawBufferPointer) throws(CodingFailure) {
    record = try LogRecord(payload)
    switch record.content {
    case .artifact(_, let artifact):
      let decoded = ArtifactCoding.decode(payload)
      run = decoded.facts.run
      pipeline = decoded.facts.pipeline
      name = pipeline.map { "\($0)/\(decoded.facts.node)" }
      inline = decoded.inline
      size = decoded.size
      further = decoded.facts.further
      if inline == nil { objects = [Object(artifact: artifact, size: size)] }
    case .name(let binding): run = binding.run
    case .runStart(let run, _): self.run = run
    case .attempt(let attempt): run = attempt.run
    case .runEnd(let run, _, _, _):
      self.run = run
      objects = try Self.objects(ofRunEnd: payload)
    case .invalidation, .file, .segments, .segmentStart, .segmentEnd, .unknown: break
    }
  }

  /// What the end of a run says of its nodes may be an object.
  private static func objects(
    ofRunEnd payload: UnsafeRawBufferPointer
  ) throws(CodingFailure) -> [Object] {
    var reader = try RecordReader(payload)
    var (listing, size, isInline) = (Digest?.none, Int?.none, false)
    while let field = try reader.next() {
      switch field {
      case RunField.listing: listing = try reader.digest()
      case RunField.listingSize: size = try reader.count()
      case RunField.inlineListing:
        isInline = true
        try reader.skip()
      default: try reader.skip()
      }
    }
    guard let listing, !isInline else { return [] }
    return [Object(artifact: listing, size: size)]
  }
}
