import Millrace

/// W10: a store of N small results, and what it costs to open it and to ask it.
struct Opening {
  /// How many keys and names are asked for.
  private static let questions = 1000

  let count: Int
  let folder: String
  private let clock = ContinuousClock()

  private func key(_ index: Int) -> Key { Key(.sha256(Array("key \(index)".utf8))) }

  /// Makes the store, as tasks would that have nothing to do.
  func fill(_ report: inout Report) throws {
    let bytes = [UInt8](repeating: 7, count: 100)
    let store = try ArtifactStore.open(at: folder)
    let run = store.makeRunID()
    let began = clock.now
    try store.beginRun(run, pipeline: "W10")
    for index in 0..<count {
      var facts = ArtifactFacts(
        codec: "bytes/1", encodedParts: [0xa0], task: "Benchmarks.opening(_:)",
        node: "opening-\(index)", run: run, durationNanoseconds: 1000)
      facts.pipeline = "W10"
      _ = try bytes.withUnsafeBytes { try store.save($0, for: key(index), facts: facts) }
    }
    try store.endRun(
      run, status: .succeeded, counts: RunCounts(nodes: count, executed: count))
    try store.flush()
    let saved = clock.now
    try store.close()
    report.set("save_s", began.duration(to: saved))
    report.set("close_s", saved.duration(to: clock.now))
  }

  /// Opens the store and asks for keys and names from all parts of it.
  func ask(_ report: inout Report) throws {
    let began = clock.now
    let store = try ArtifactStore.open(at: folder)
    let opened = clock.now
    let indices = (0..<Self.questions).map { 7919 * $0 % count }
    let keys = indices.map(key)
    let found = clock.now
    let sizes = keys.reduce(0) { $0 + (store.find($1)?.size ?? 0) }
    let named = clock.now
    let first = store.resolve("W10/opening-\(indices[0])")
    let gathered = clock.now
    let names = indices.reduce(0) {
      $0 + (store.resolve("W10/opening-\($1)")?.key == key($1) ? 1 : 0)
    }
    let ended = clock.now
    try store.close()
    report.set("open_s", began.duration(to: opened))
    report.set("find_s", found.duration(to: named))
    report.set("first_name_s", named.duration(to: gathered))
    report.set("names_s", gathered.duration(to: ended))
    report.set("close_s", ended.duration(to: clock.now))
    report.set("warnings", store.warnings.count)
    report.set("check", first == nil ? 0 : sizes / 100 + names)
  }
}

func measureOpening(_ arguments: Arguments) throws -> Report {
  guard let folder = arguments.folder else {
    throw Arguments.Problem.usage("W10 needs a folder; give it by '--dir'.")
  }
  var report = Report()
  report.set("workload", arguments.workload)
  report.set("n", arguments.count)
  let opening = Opening(count: arguments.count, folder: folder)
  if arguments.mode == .cold {
    try opening.fill(&report)
  } else {
    try opening.ask(&report)
  }
  report.set("peak_rss_mib", mebibytes: ResidentMemory.peak)
  return report
}
