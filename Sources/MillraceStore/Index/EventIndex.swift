import MillraceCoding

/// What the log says besides results and names: a value, made by merging events in any order.
struct EventIndex: Sendable {
  /// A run, and the stamps of the records that say how it began and ended: the latest of each count.
  private struct Run {
    var record: RunRecord
    var began: Stamp?
    var ended: Stamp?
  }

  private var invalidated: [Digest: Stamp] = [:]
  /// By key, since a plan asks for those of each node that is to run.
  private var invalidations: [Digest: [(stamp: Stamp, record: InvalidationRecord)]] = [:]
  private var runs: [RunID: Run] = [:]
  private var attempts: [RunID: [Stamp: AttemptRecord]] = [:]
  private var files: [String: (stamp: Stamp, file: RememberedFile)] = [:]
  /// What segments say of each other.
  private(set) var segments = SegmentLedger()

  mutating func merge(_ content: LogRecord.Content, _ stamp: Stamp) {
    switch content {
    case .invalidation(let record):
      let digest = record.key.digest
      invalidated[digest] = max(stamp, invalidated[digest] ?? stamp)
      invalidations[digest, default: []].append((stamp, record))
    case .file(let path, let file):
      if let known = files[path], known.stamp > stamp { return }
      files[path] = (stamp, file)
    case .runStart(let id, let pipeline):
      var run = runs[id] ?? Run(record: RunRecord(id: id, pipeline: ""))
      if let began = run.began, began > stamp { return }
      run.began = stamp
      (run.record.pipeline, run.record.began) = (pipeline, stamp.time)
      runs[id] = run
    case .runEnd(let id, let status, let counts, let listing):
      var run = runs[id] ?? Run(record: RunRecord(id: id, pipeline: ""))
      if let ended = run.ended, ended > stamp { return }
      run.ended = stamp
      (run.record.ended, run.record.status, run.record.counts) = (stamp.time, status, counts)
      run.record.listing = listing
      runs[id] = run
    case .segments(let record): segments.merge(record, of: stamp.writer)
    // By stamp, so that a record that was moved counts once.
    case .attempt(let attempt): attempts[attempt.run, default: [:]][stamp] = attempt
    case .artifact, .name, .segmentStart, .segmentEnd, .unknown: break
    }
  }

  /// When a key's results were last forgotten.
  @inline(__always)
  func invalidation(of key: Key) -> Stamp? {
    invalidated.isEmpty ? nil : invalidated[key.digest]
  }

  /// The invalidations, of one key or all, the earliest first. A record that was moved counts once.
  func invalidations(of key: Key? = nil) -> [InvalidationRecord] {
    let chosen =
      key.map { invalidations[$0.digest] ?? [] } ?? invalidations.values.flatMap(\.self)
    var (last, records) = (Stamp?.none, [InvalidationRecord]())
    for (stamp, record) in chosen.sorted(by: { $0.stamp < $1.stamp }) where stamp != last {
      records.append(record)
      last = stamp
    }
    return records
  }

  func run(_ id: RunID) -> RunRecord? { runs[id]?.record }

  var allRuns: [RunRecord] { runs.values.map(\.record) }

  /// When the last run of a pipeline that has ended did so, and what it said of all its names.
  func lastView(of pipeline: String) -> (time: LogicalTime, view: Digest?)? {
    let ended = runs.values.map(\.record).compactMap { run in
      run.pipeline == pipeline ? run.ended.map { (time: $0, run: run) } : nil
    }
    return ended.max { ($0.time, $0.run.id) < ($1.time, $1.run.id) }
      .map { ($0.time, $0.run.listing?.view) }
  }

  func attempts(in run: RunID) -> [AttemptRecord] {
    (attempts[run] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
  }

  func file(at path: String) -> RememberedFile? { files[path]?.file }
}
