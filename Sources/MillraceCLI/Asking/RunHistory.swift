import MillraceStore

/// The runs of a store as lines, the latest first.
struct RunHistory {
  let runs: [RunRecord]
  private let pipeline: String

  init(_ store: ArtifactStore, pipeline: String) {
    runs = store.runs().reversed()
    self.pipeline = pipeline
  }

  /// Run, beginning, how it ended and what it did.
  var text: [String] {
    let isSingle = runs.allSatisfy { $0.pipeline == pipeline }
    let names = runs.map { isSingle ? "" : "\($0.pipeline)  " }
    let width = names.map(\.count).max() ?? 0
    return zip(runs, names).map { run, name in
      let status = (run.status?.rawValue ?? "unfinished").filled(to: 10)
      return
        "\(run.id.shortForm)  \(Self.began(run))  \(name.filled(to: width))\(status)  \(Self.counts(run))"
    }
  }

  var json: [String] {
    runs.map { run in
      var line = JSONLine(event: "run")
      line.add("run", "\(run.id)")
      line.add("pipeline", run.pipeline)
      line.add("status", run.status?.rawValue ?? "unfinished")
      line.add("began", TimeStamp.text(run.began ?? run.id.beginning))
      if let counts = run.counts {
        line.add("nodes", counts.nodes)
        line.add("executed", counts.executed)
        line.add("hits", counts.hits)
        line.add("failed", counts.failed)
      }
      if let seconds = run.duration { line.add("seconds", seconds) }
      return line.text
    }
  }

  static func began(_ run: RunRecord) -> String {
    NameList.localTime(run.began ?? run.id.beginning)
  }

  /// `3 executed, 9 hits, 0 failed in 0.21 s`; nothing for a run that did not end.
  private static func counts(_ run: RunRecord) -> String {
    guard let counts = run.counts else { return "" }
    let time = run.duration.map { " in \(Amounts.duration($0))" } ?? ""
    return
      "\(counts.executed) executed, \(Amounts.count(counts.hits, "hit")), \(counts.failed) failed\(time)"
  }
}

extension RunRecord {
  /// From its first record to its last.
  var duration: Duration? {
    guard let began, let ended, ended > began else { return nil }
    return .nanoseconds(Int64(ended.nanoseconds - began.nanoseconds))
  }
}

extension RunID {
  /// When the run began, by its id.
  var beginning: LogicalTime { LogicalTime(nanoseconds: milliseconds * 1_000_000) }
}
