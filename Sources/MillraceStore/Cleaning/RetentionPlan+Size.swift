import MillraceCoding

extension RetentionPlan {
  /// The objects that records that stay are in.
  var needed: Set<Digest> {
    var needed: Set<Digest> = []
    for number in survey.records.indices where isKept[number] {
      for object in survey.objects[number] ?? [] { needed.insert(object.artifact) }
    }
    return needed
  }

  /// Segments that are written anew: those with something that goes, and all small ones if there are many.
  var rewritten: Set<Int> {
    let open = survey.segments.indices.filter { !survey.segments[$0].isHeld }
    var rewritten = Set(open.filter { survey.segments[$0].isDamaged })
    for (number, record) in survey.records.enumerated() where !isKept[number] {
      rewritten.insert(record.segment)
    }
    let small = open.filter { survey.segments[$0].size < SegmentRewriter.fullSize / 2 }
    if small.count > 8 { rewritten.formUnion(small) }
    return rewritten
  }

  /// About how many bytes stay: of the log, and of objects.
  var size: Int {
    var size = needed.reduce(0) { $0 + (objects[$1] ?? 0) }
    let rewritten = rewritten
    for (number, segment) in survey.segments.enumerated() where !rewritten.contains(number) {
      size += segment.size
    }
    for (number, record) in survey.records.enumerated()
    where isKept[number] && rewritten.contains(record.segment) {
      size += record.size
    }
    return size
  }

  /// Lets results go, those first that were used longest ago, until no more than so many bytes stay.
  mutating func shrink(to limit: Int) {
    var size = size
    guard size > limit else { return }
    var counts: [Digest: Int] = [:]
    for number in survey.records.indices where isKept[number] {
      for object in survey.objects[number] ?? [] { counts[object.artifact, default: 0] += 1 }
    }
    for number in leastRecentlyUsed() {
      guard size > limit else { return }
      isKept[number] = false
      size -= survey.records[number].size
      for object in survey.objects[number] ?? [] {
        counts[object.artifact, default: 1] -= 1
        if counts[object.artifact] == 0 { size -= objects[object.artifact] ?? 0 }
      }
    }
  }

  /// The records of results that may go for the sake of size, in the order in which they go.
  private func leastRecentlyUsed() -> [Int] {
    var lastRuns: [String: RunID] = [:]
    for (id, run) in runs
    where run.isRecorded && lastRuns[run.pipeline].map({ $0 < id }) ?? true {
      lastRuns[run.pipeline] = id
    }
    let last = Set(lastRuns.values)
    var isSafe: Set<LogSurvey.Result> = []
    // What a live writer bound cannot be unbound.
    let held = survey.records.indices.filter { survey.segments[survey.records[$0].segment].isHeld }
    for number in Array(bindings.values) + held {
      switch survey.records[number].content {
      case .name(let binding):
        isSafe.insert(.init(key: binding.key, artifact: binding.artifact))
      default: if let result = result(number) { isSafe.insert(result) }
      }
    }
    var lastUse: [Key: LogicalTime] = [:]
    for (id, run) in runs where run.isKept {
      for key in run.keys.flatMap(withFurtherOutputs) {
        lastUse[key] = max(run.time, lastUse[key] ?? run.time)
        if last.contains(id), let winner = winners[key], let result = result(winner) {
          isSafe.insert(result)
        }
      }
    }
    for number in survey.records.indices {
      guard let result = result(number), isSafe.contains(result) else { continue }
      isSafe.formUnion(survey.facts[number]?.further ?? [])
    }
    var candidates: [(number: Int, time: LogicalTime)] = []
    for (number, record) in survey.records.enumerated() where isKept[number] {
      guard let result = result(number), !isSafe.contains(result),
        !survey.segments[record.segment].isHeld, !(record.run.map(last.contains) ?? false)
      else { continue }
      let made = record.run.flatMap { runs[$0]?.time } ?? record.stamp.time
      candidates.append((number, max(made, lastUse[result.key] ?? made)))
    }
    let stamps = survey.records
    return candidates.sorted {
      $0.time == $1.time ? stamps[$0.number].stamp < stamps[$1.number].stamp : $0.time < $1.time
    }.map(\.number)
  }

  /// A key and those of its result's further outputs, which are used with it.
  private func withFurtherOutputs(_ key: Key) -> [Key] {
    [key] + (winners[key].flatMap { survey.facts[$0]?.further } ?? []).map(\.key)
  }
}
