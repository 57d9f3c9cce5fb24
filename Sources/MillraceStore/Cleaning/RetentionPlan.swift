import MillraceCoding

/// What a clean-up keeps of a log: a value, computed from what there is and from the policy alone.
///
/// What stays, besides all that live writers hold:
///
/// - the record that binds each name now, and the result that the name stands for;
/// - runs that the policy does not let go, with what was recorded of them: their results, attempts and
///   names, the results that they found, and what those names stand for;
/// - the further outputs of what stays;
/// - other results of a key whose result stays, unless the key was invalidated since or they belong to
///   a run that goes;
/// - the latest digest of each file, and records of kinds that this version does not know.
///
/// Results whose bytes are lost never stay.
struct RetentionPlan {
  struct Run {
    var pipeline = ""
    /// When something of it was recorded last.
    var time = LogicalTime(nanoseconds: 0)
    var isHeld = false
    var isKept = true
    /// Whether there is more of it than results: else it went before, and they stayed for their names.
    var isRecorded = false
    /// The keys of results that it used and did not make.
    var keys: [Key] = []
  }

  let survey: LogSurvey
  /// The sizes of all objects.
  let objects: [Digest: Int]
  var runs: [RunID: Run] = [:]
  /// For each record whether it stays.
  var isKept: [Bool]
  /// When each key was invalidated last.
  private var invalidated: [Key: Stamp] = [:]
  /// For each key its result that counts, by the number of its record.
  var winners: [Key: Int] = [:]
  /// For each result the latest record of it that is whole.
  private var latest: [LogSurvey.Result: Int] = [:]
  /// For each name the record that binds it now.
  private(set) var bindings: [String: Int] = [:]
  private let oldest: LogicalTime

  /// - Parameters:
  ///   - objects: The sizes of all objects that there are.
  ///   - now: The time of day in nanoseconds since the beginning of 1970.
  ///   - usedKeys: The keys of the results that a run used, as far as it has said so.
  init(
    _ survey: LogSurvey, objects: [Digest: Int], policy: RetentionPolicy, now: UInt64,
    usedKeys: (RunID) -> [Key]
  ) {
    self.survey = survey
    self.objects = objects
    let age = policy.maximumAge?.wholeNanoseconds ?? now
    oldest = LogicalTime(nanoseconds: now - min(now, age))
    isKept = survey.records.map { survey.segments[$0.segment].isHeld }
    gatherRuns(usedKeys)
    letRunsGo(policy)
    gatherResults()
    gatherBindings()
    keepEvents()
    keepResults()
    keepInvalidations()
    if let size = policy.maximumSize { shrink(to: size) }
    dropDanglingNames()
  }

  // MARK: Runs

  private mutating func gatherRuns(_ usedKeys: (RunID) -> [Key]) {
    for (number, record) in survey.records.enumerated() {
      guard let id = record.run else { continue }
      var run = runs[id] ?? Run()
      run.time = max(run.time, record.stamp.time)
      run.isHeld = run.isHeld || survey.segments[record.segment].isHeld
      switch record.content {
      case .runStart(let pipeline): (run.pipeline, run.isRecorded) = (pipeline, true)
      case .runEnd, .attempt: run.isRecorded = true
      default: break
      }
      if run.pipeline.isEmpty, let pipeline = survey.facts[number]?.pipeline {
        run.pipeline = pipeline
      }
      runs[id] = run
    }
    for id in runs.keys { runs[id]?.keys = usedKeys(id) }
  }

  private mutating func letRunsGo(_ policy: RetentionPolicy) {
    let recorded = runs.filter { $0.value.isRecorded }
    var places: [RunID: Int] = [:]
    for (_, runs) in Dictionary(grouping: recorded, by: \.value.pipeline) {
      for (place, run) in runs.sorted(by: { $0.key > $1.key }).enumerated() {
        places[run.key] = place
      }
    }
    for (id, run) in runs where !run.isHeld {
      let isOver = policy.keepLast.map { places[id] ?? .max >= $0 } ?? false
      runs[id]?.isKept = !isOver && run.time >= oldest
    }
  }

  func isKept(_ run: RunID?) -> Bool { run.flatMap { runs[$0]?.isKept } ?? false }

  // MARK: Results and names

  func result(_ number: Int) -> LogSurvey.Result? {
    if case .result(let result) = survey.records[number].content { return result }
    return nil
  }

  /// Whether a record's content is there, as far as sizes tell.
  func isWhole(_ number: Int) -> Bool {
    (survey.objects[number] ?? []).allSatisfy { object in
      guard let size = objects[object.artifact] else { return false }
      return object.size == nil || object.size == size
    }
  }

  func isInvalid(_ number: Int, _ key: Key) -> Bool {
    invalidated[key].map { $0 > survey.records[number].stamp } ?? false
  }

  private func isLater(_ number: Int, than other: Int?) -> Bool {
    other.map { survey.records[$0].stamp < survey.records[number].stamp } ?? true
  }

  private mutating func gatherResults() {
    for record in survey.records {
      guard case .invalidation(let key) = record.content else { continue }
      invalidated[key] = max(record.stamp, invalidated[key] ?? record.stamp)
    }
    for number in survey.records.indices {
      guard let result = result(number), isWhole(number) else { continue }
      if isLater(number, than: latest[result]) { latest[result] = number }
      if !isInvalid(number, result.key), isLater(number, than: winners[result.key]) {
        winners[result.key] = number
      }
    }
  }

  /// The result that a record of a name stands for, if it is there.
  private func target(_ binding: NameBinding) -> LogSurvey.Result? {
    let result = LogSurvey.Result(key: binding.key, artifact: binding.artifact)
    return latest[result] == nil ? nil : result
  }

  private mutating func gatherBindings() {
    for (number, record) in survey.records.enumerated() {
      let name: String
      switch record.content {
      case .name(let binding) where target(binding) != nil: name = binding.name
      case .result:
        guard isWhole(number), let bound = survey.facts[number]?.name else { continue }
        name = bound
      default: continue
      }
      if isLater(number, than: bindings[name]) { bindings[name] = number }
    }
  }

  private mutating func keepEvents() {
    var files: [String: Int] = [:]
    for (number, record) in survey.records.enumerated() {
      switch record.content {
      case .runStart, .runEnd, .attempt: if isKept(record.run) { isKept[number] = true }
      case .unknown: isKept[number] = true
      case .file(let path): if isLater(number, than: files[path]) { files[path] = number }
      case .name(let binding):
        // One that no run made is as old as it is.
        let isOld = record.run.map { !isKept($0) } ?? (record.stamp.time < oldest)
        if !isOld, target(binding) != nil { isKept[number] = true }
      case .result, .invalidation, .duplicate: break
      }
    }
    for number in files.values { isKept[number] = true }
    for number in bindings.values { isKept[number] = true }
  }

  private mutating func keepResults() {
    for (number, record) in survey.records.enumerated() where isWhole(number) {
      guard let result = result(number), !isInvalid(number, result.key) else { continue }
      if isKept(record.run) { isKept[number] = true }
    }
    for number in survey.records.indices where isKept[number] {
      guard case .name(let binding) = survey.records[number].content, let result = target(binding),
        let number = latest[result]
      else { continue }
      isKept[number] = true
    }
    for run in runs.values where run.isKept {
      for key in run.keys { if let number = winners[key] { isKept[number] = true } }
    }
    // Evidence that a task is not deterministic.
    for (number, record) in survey.records.enumerated() where record.run == nil && isWhole(number) {
      guard let result = result(number), !isInvalid(number, result.key),
        latest[result] == number, let winner = winners[result.key], isKept[winner]
      else { continue }
      isKept[number] = true
    }
    for number in survey.records.indices where isKept[number] {
      for result in survey.facts[number]?.further ?? [] {
        if let number = latest[result] { isKept[number] = true }
      }
    }
  }

  private mutating func keepInvalidations() {
    var earliest: [Key: Stamp] = [:]
    for (number, record) in survey.records.enumerated() where isKept[number] {
      guard let key = result(number)?.key else { continue }
      earliest[key] = min(record.stamp, earliest[key] ?? record.stamp)
    }
    for (number, record) in survey.records.enumerated() {
      guard case .invalidation(let key) = record.content else { continue }
      let forgets = earliest[key].map { $0 < record.stamp } ?? false
      let isOld = record.run.map { !isKept($0) } ?? (record.stamp.time < oldest)
      if forgets || !isOld { isKept[number] = true }
    }
  }

  /// Lets records of names go that stand for nothing any more.
  private mutating func dropDanglingNames() {
    var there: Set<LogSurvey.Result> = []
    for number in survey.records.indices where isKept[number] && isWhole(number) {
      if let result = result(number) { there.insert(result) }
    }
    for (number, record) in survey.records.enumerated() where isKept[number] {
      guard case .name(let binding) = record.content,
        !survey.segments[record.segment].isHeld,
        !there.contains(.init(key: binding.key, artifact: binding.artifact))
      else { continue }
      isKept[number] = false
    }
  }
}

extension Duration {
  /// As far as they fit; never less than zero.
  var wholeNanoseconds: UInt64 {
    let (seconds, attoseconds) = components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? .max : product &+ UInt64(attoseconds / 1_000_000_000)
  }
}
