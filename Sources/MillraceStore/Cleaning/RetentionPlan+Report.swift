import MillraceCoding

extension RetentionPlan {
  /// What goes, by pipeline.
  var shares: [GarbageReport.Share] {
    var shares: [String: GarbageReport.Share] = [:]
    for run in runs.values where run.isRecorded && !run.isKept {
      shares[run.pipeline, default: .init(pipeline: run.pipeline)].runs += 1
    }
    // An object counts once, for the first of its records.
    var counted = needed
    for (number, record) in survey.records.enumerated() where !isKept[number] {
      guard result(number) != nil else { continue }
      let pipeline =
        record.run.flatMap { runs[$0]?.pipeline } ?? survey.facts[number]?.pipeline ?? ""
      var share = shares[pipeline] ?? .init(pipeline: pipeline)
      share.results += 1
      share.bytes += record.size
      for object in survey.objects[number] ?? [] where counted.insert(object.artifact).inserted {
        share.bytes += objects[object.artifact] ?? 0
      }
      shares[pipeline] = share
    }
    return shares.values.sorted { $0.pipeline < $1.pipeline }
  }

  /// Objects that no record refers to, not even one that goes.
  var unreferenced: StoreTally {
    var referenced: Set<Digest> = []
    for list in survey.objects.values { referenced.formUnion(list.map(\.artifact)) }
    var tally = StoreTally()
    for (digest, size) in objects where !referenced.contains(digest) { tally.add(size) }
    return tally
  }
}
