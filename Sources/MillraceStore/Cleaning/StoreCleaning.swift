import MillraceCoding

/// A clean-up: what is there, what stays, and the removal of the rest.
///
/// First the records that stay are written and on the medium, then the segments that they were in go, and
/// objects go last. Who dies at any point leaves records twice, which count once, or objects without records;
/// the next clean-up removes either.
struct StoreCleaning {
  private let storage: Storage
  private let options: StoreOptions
  private let clock: LogicalClock
  private let plan: RetentionPlan
  private let leftovers: StoreTally

  init(of store: ArtifactStore, _ policy: RetentionPolicy) throws {
    storage = store.storage
    options = store.options
    clock = store.clock
    // What runs say of themselves is asked of the index.
    try store.refresh()
    let survey = try LogSurvey(of: storage.logs)
    var objects: [Digest: Int] = [:]
    for digest in try storage.blobs.list() {
      if let size = try storage.blobs.size(of: digest) { objects[digest] = size }
    }
    leftovers = try storage.blobs.leftovers()
    plan = RetentionPlan(
      survey, objects: objects, policy: policy, now: options.wallClock(),
      usedKeys: store.usedKeys)
  }

  /// What would be removed.
  var report: GarbageReport {
    var report = GarbageReport()
    report.shares = plan.shares
    report.unreferenced = plan.unreferenced
    report.leftovers = leftovers
    report.sizeBefore =
      plan.survey.segments.reduce(0) { $0 + $1.size } + plan.objects.values.reduce(0, +)
      + leftovers.bytes
    report.sizeAfter = min(plan.size, report.sizeBefore)
    report.segmentsBefore = plan.survey.segments.count
    let rewritten = plan.rewritten
    let stays =
      note(removing: rewritten) != nil
      || plan.survey.records.indices.contains {
        plan.isKept[$0] && rewritten.contains(plan.survey.records[$0].segment)
      }
    report.segmentsAfter = report.segmentsBefore - rewritten.count + (stays ? 1 : 0)
    return report
  }

  /// Removes it, while nobody else writes.
  func perform() throws -> GarbageReport {
    var report = report
    let rewritten = plan.rewritten
    let written = try rewrite(rewritten)
    try storage.logs.remove(rewritten.map { plan.survey.segments[$0].name }.sorted())
    let needed = plan.needed
    for digest in plan.objects.keys.sorted(by: { $0.hex < $1.hex }) where !needed.contains(digest) {
      try storage.blobs.delete(digest)
    }
    try storage.blobs.removeLeftovers()
    let rest = plan.survey.segments.enumerated().filter { !rewritten.contains($0.offset) }
    report.sizeAfter =
      written.bytes + rest.reduce(0) { $0 + $1.element.size }
      + needed.reduce(0) { $0 + (plan.objects[$1] ?? 0) }
    report.segmentsAfter = rest.count + written.count
    return report
  }

  private func rewrite(_ segments: Set<Int>) throws -> StoreTally {
    var places: [Int: Set<Int>] = [:]
    for (number, record) in plan.survey.records.enumerated() where plan.isKept[number] {
      places[record.segment, default: []].insert(record.offset)
    }
    var rewriter = SegmentRewriter(storage.logs, random: options.random, clock: clock)
    for number in segments.sorted() {
      let kept = places[number] ?? []
      guard !kept.isEmpty,
        let walk = SegmentWalk(plan.survey.segments[number].name, in: storage.logs)
      else { continue }
      _ = try walk.forEach { item in
        guard case .record(let payload, let offset) = item, kept.contains(offset) else { return }
        try rewriter.add(payload, from: walk.writer)
      }
    }
    try rewriter.finish { note(removing: segments, new: $0) }
    return rewriter.written
  }

  /// What to write down of segments before these are removed.
  private func note(removing segments: Set<Int>, new: [WriterID] = []) -> SegmentsRecord? {
    let all = plan.survey.segments
    return plan.survey.ledger.note(
      removing: Set(segments.map { all[$0].writer }), among: Set(all.map(\.writer)), new: new)
  }
}
