import MillraceCoding

/// All records of a log with what a clean-up has to know of them.
struct LogSurvey: Sendable {
  struct Segment: Sendable {
    var name: String
    var writer: WriterID
    /// Whether a live writer may add to it.
    var isHeld: Bool
    var size = 0
    /// Whether some of it is no record.
    var isDamaged = false
  }

  struct Record: Sendable {
    var segment: Int
    /// Where the payload begins.
    var offset: Int
    /// With its head.
    var size: Int
    var stamp: Stamp
    var run: RunID?
    var content: Content
  }

  enum Content: Sendable {
    case result(Result)
    case name(NameBinding)
    case invalidation(Key)
    case runStart(pipeline: String)
    case runEnd
    case attempt
    case file(path: String)
    /// Of a kind that this version does not know.
    case unknown
    /// A record that was met before: a clean-up that was killed leaves both.
    case duplicate
  }

  /// A result: what a key stands for, or stood for.
  struct Result: Hashable, Sendable {
    var key: Key
    var artifact: Digest
  }

  /// What a record of a result says besides.
  struct ResultFacts: Sendable {
    var isInline: Bool
    /// The name that the record binds.
    var name: String?
    var pipeline: String?
    /// Results without which this one does not count.
    var further: [Result]
  }

  private(set) var segments: [Segment] = []
  private(set) var records: [Record] = []
  /// By the number of their records.
  private(set) var facts: [Int: ResultFacts] = [:]
  /// The objects that a record's content is in, by its number.
  private(set) var objects: [Int: [RecordLinks.Object]] = [:]

  /// What segments say of each other.
  private(set) var ledger = SegmentLedger()

  private var stamps: Set<Stamp> = []

  /// - Throws: ``StoreFailure`` if a segment cannot be read: nothing may be removed then, as it may refer
  ///   to anything.
  init(of logs: any LogStorage) throws {
    for name in try logs.list().sorted() {
      guard let walk = SegmentWalk(name, in: logs) else { continue }
      let number = segments.count
      segments.append(Segment(name: name, writer: walk.writer, isHeld: try walk.isHeld()))
      let ending = try walk.forEach { item in
        guard case .record(let payload, let offset) = item,
          let links = try? RecordLinks(payload)
        else {
          segments[number].isDamaged = true
          return
        }
        add(links, payload.count, at: offset, in: number)
      }
      segments[number].size = ending.size
      if ending.offset < ending.size { segments[number].isDamaged = true }
    }
    stamps = []
  }

  private mutating func add(_ links: RecordLinks, _ size: Int, at offset: Int, in segment: Int) {
    let writer = links.record.writer ?? segments[segment].writer
    var record = Record(
      segment: segment, offset: offset, size: size + Frame.headSize,
      stamp: Stamp(time: links.record.time, writer: writer), run: links.run, content: .unknown)
    let number = records.count
    switch links.record.content {
    case .segmentStart, .segmentEnd: return
    // It stays with its segment; what is to be said behind that is said anew.
    case .segments(let content):
      ledger.merge(content, of: writer)
      return
    case .artifact(let key, let artifact):
      record.content = .result(Result(key: key, artifact: artifact))
      facts[number] = ResultFacts(
        isInline: links.inline != nil, name: links.name, pipeline: links.pipeline,
        further: links.further.map { Result(key: $0.key, artifact: $0.artifact) })
    case .name(let binding): record.content = .name(binding)
    case .invalidation(let invalidation): record.content = .invalidation(invalidation.key)
    case .runStart(_, let pipeline): record.content = .runStart(pipeline: pipeline)
    case .runEnd: record.content = .runEnd
    case .attempt: record.content = .attempt
    case .file(let path, _): record.content = .file(path: path)
    case .unknown: record.content = .unknown
    }
    if !stamps.insert(record.stamp).inserted {
      record.content = .duplicate
      facts[number] = nil
    } else if !links.objects.isEmpty {
      objects[number] = links.objects
    }
    records.append(record)
  }
}
