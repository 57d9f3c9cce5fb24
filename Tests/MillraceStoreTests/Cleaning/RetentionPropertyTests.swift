import MillraceCoding
import Synchronization
import Testing

@testable import MillraceStore

/// Random stores under random policies: what is left is what the rules say, asked by every question.
@Suite struct RetentionPropertyTests {
  @Test(arguments: 0..<250)
  func `what is left is what can be reached`(seed: Int) throws {
    var play = RetentionPlay(seed: seed)
    try play.fill()
    let policy = play.policy()
    let namesBefore = try play.open().names()
    let expected = play.expectation(policy)
    let report = try play.open().collectGarbage(policy)
    let store = try play.open()
    for key in RetentionPlay.keys {
      let left = store.records(of: .sample(key))
      #expect(Set(left.map(\.time)) == expected.results[key] ?? [], "key \(key)")
      for record in left {
        #expect(store.isReadable(record))
        #expect(try Digest.sha256(store.load(record)) == record.artifact)
      }
      #expect(store.find(.sample(key))?.time == expected.found[key], "key \(key)")
    }
    #expect(store.names() == namesBefore)
    for name in namesBefore { #expect(try !store.load(name).isEmpty) }
    #expect(Set(store.runs().map(\.id)) == expected.runs)
    for run in play.runIDs {
      #expect(store.failedAttempts(in: run).isEmpty == !expected.runs.contains(run))
    }
    let verified = try store.verify()
    #expect(verified.problems.isEmpty && verified.unreferenced == StoreTally())
    #expect(store.warnings.isEmpty)
    // Nothing is left to do.
    let again = try play.open().collectGarbage(policy)
    #expect(again.shares.isEmpty && again.sizeAfter == again.sizeBefore)
    #expect(again.sizeBefore == report.sizeAfter)
    // Who was there all the time knows the same, once he has looked.
    for store in play.stores {
      try store.refresh()
      for key in RetentionPlay.keys {
        #expect(Set(store.records(of: .sample(key)).map(\.time)) == expected.results[key] ?? [])
      }
      #expect(store.names() == namesBefore)
      #expect(store.warnings.allSatisfy { $0.code == .differingResults })
    }
  }

  @Test(arguments: 0..<60)
  func `a limit of size is kept, or only what must stay is left`(seed: Int) throws {
    var play = RetentionPlay(seed: seed)
    try play.fill()
    let before = try play.open().collectGarbage()
    let names = try play.open().names()
    let limit = before.sizeAfter * (seed % 4) / 4
    let report = try play.open().collectGarbage(RetentionPolicy(maximumSize: limit))
    #expect(report.isWithinLimit == (report.sizeAfter <= limit))
    let store = try play.open()
    #expect(store.names() == names)
    for name in names { #expect(try !store.load(name).isEmpty) }
    #expect(try store.verify().problems.isEmpty)
    guard !report.isWithinLimit else { return }
    let more = try play.open().collectGarbage(RetentionPolicy(maximumSize: 0))
    #expect(more.shares.allSatisfy { $0.results == 0 })
  }
}

/// A random store, and a record of all that was done to it, from which the rules follow.
struct RetentionPlay {
  struct Expectation {
    /// The times of the records that stay, by key.
    var results: [UInt8: Set<LogicalTime>] = [:]
    /// The time of each key's result that counts.
    var found: [UInt8: LogicalTime] = [:]
    var runs: Set<RunID> = []
  }

  private struct Saved {
    var key: UInt8
    var artifact: Digest
    var time: LogicalTime
    var run: RunID?
    var name: String?
    var isHeld = false
  }
  private struct Bound {
    var name: String
    var key: UInt8
    var artifact: Digest
    var time: LogicalTime
    var run: RunID?
    var isHeld = false
  }
  private struct Run {
    var pipeline: String
    var last: LogicalTime
    var listed: [UInt8] = []
    var isHeld = false
  }

  static let keys: ClosedRange<UInt8> = 1...10

  private var chance: Chance
  private let fate = Fate()
  private let storage = Storage.memory()
  private var saved: [Saved] = []
  private var bound: [Bound] = []
  private var invalidated: [UInt8: LogicalTime] = [:]
  private var runs: [RunID: Run] = [:]
  /// The stores that are open all the time.
  private(set) var stores: [ArtifactStore] = []

  var runIDs: [RunID] { Array(runs.keys) }

  init(seed: Int) {
    chance = Chance(seed: seed)
  }

  func open() throws -> ArtifactStore {
    try ArtifactStore(storage: storage, options: .decided(by: fate))
  }

  mutating func policy() -> RetentionPolicy {
    RetentionPolicy(
      keepLast: chance.next(below: 3) == 0 ? nil : 1 + chance.next(below: 3),
      maximumAge: chance.next(below: 2) == 0 ? nil : .seconds(chance.next(below: 1200)))
  }

  // MARK: Filling

  mutating func fill() throws {
    stores = [try open()]
    for _ in 0..<2 + chance.next(below: 12) {
      let store = try open()
      try session(in: store, isHeld: false)
      try store.close()
    }
    if chance.next(below: 2) == 0 {
      let live = try open()
      try session(in: live, isHeld: true)
      try live.flush()
      stores.append(live)
    }
    for store in stores { try store.refresh() }
  }

  private mutating func session(in store: ArtifactStore, isHeld: Bool) throws {
    fate.now.withLock { $0 += UInt64(1 + chance.next(below: 100)) * 1_000_000_000 }
    let run = chance.next(below: 4) == 0 ? nil : store.makeRunID()
    let pipeline = ["p", "q"][chance.next(below: 2)]
    if let run {
      try store.beginRun(run, pipeline: pipeline)
      try store.recordAttempt(1, of: "n", in: run, error: "Refused")
      runs[run] = Run(pipeline: pipeline, last: LogicalTime(nanoseconds: 0), isHeld: isHeld)
    }
    for _ in 0..<chance.next(below: 6) { try act(in: store, run, pipeline, isHeld) }
    if let run {
      let listed = (0..<chance.next(below: 3)).map { _ in anyKey() }
      try end(run, listing: listed, in: store)
      runs[run]?.listed = listed
      // Nothing of the run is later than its end.
      runs[run]?.last = try #require(store.run(run)?.ended)
    }
  }

  private func end(_ run: RunID, listing keys: [UInt8], in store: ArtifactStore) throws {
    let task = RunListing.Task(id: "t", fileID: "T.swift", line: 1, parameters: [])
    let nodes = keys.map {
      RunListing.Node(name: "n\($0)", task: 0, state: .hit, key: .sample($0))
    }
    try store.endRun(
      run, status: .succeeded, counts: RunCounts(),
      listing: RunListing(tasks: [task], nodes: nodes))
  }

  private mutating func anyKey() -> UInt8 { UInt8(1 + chance.next(below: Self.keys.count)) }

  private mutating func act(
    in store: ArtifactStore, _ run: RunID?, _ pipeline: String, _ isHeld: Bool
  ) throws {
    let key = anyKey()
    switch chance.next(below: 8) {
    case 0:
      try store.invalidate(.sample(key), reason: "a test", run: run)
      invalidated[key] = LogicalTime(nanoseconds: .max)
      // The time is that of a record that comes right after it.
      invalidated[key] = try save(9, in: store, nil, "", isHeld)
    case 1, 2:
      guard let record = store.find(.sample(key)) else { return }
      let name = "name\(chance.next(below: 3))"
      try store.bind(name, to: record, run: run)
      let time = try #require(store.resolve(name)).time
      bound.append(
        Bound(
          name: name, key: key, artifact: record.artifact, time: time, run: run, isHeld: isHeld))
    default: try save(key, in: store, run, chance.next(below: 2) == 0 ? pipeline : "", isHeld)
    }
  }

  @discardableResult
  private mutating func save(
    _ key: UInt8, in store: ArtifactStore, _ run: RunID?, _ pipeline: String, _ isHeld: Bool
  ) throws -> LogicalTime {
    // Two keys may have one artifact, and a key two.
    let byte = key / 2 + 100 * UInt8(chance.next(below: 2))
    let bytes = Array(repeating: byte, count: key % 3 == 0 ? 9 : 50)
    var facts = ArtifactFacts.sample(node: "node\(key % 4)", run: run)
    facts.pipeline = pipeline.isEmpty ? nil : pipeline
    let record = try store.save(bytes, for: .sample(key), facts: facts)
    let name = facts.pipeline.map { "\($0)/node\(key % 4)" }
    saved.append(
      Saved(
        key: key, artifact: record.artifact, time: record.time, run: run, name: name,
        isHeld: isHeld))
    return record.time
  }

  // MARK: The rules

  func expectation(_ policy: RetentionPolicy) -> Expectation {
    var expected = Expectation()
    let age = policy.maximumAge.map { UInt64($0.components.seconds) * 1_000_000_000 }
    let now = fate.now.withLock { $0 }
    func isOld(_ time: LogicalTime) -> Bool { age.map { time.nanoseconds + $0 < now } ?? false }
    expected.runs = Set(
      runs.keys.filter { id in
        guard let run = runs[id] else { return false }
        if run.isHeld { return true }
        let later = runs.filter { $0.value.pipeline == run.pipeline && $0.key > id }.count
        return !(policy.keepLast.map { later >= $0 } ?? false) && !isOld(run.last)
      })
    func isGone(_ run: RunID?, at time: LogicalTime) -> Bool {
      run.map { !expected.runs.contains($0) } ?? isOld(time)
    }
    func isValid(_ result: Saved) -> Bool {
      invalidated[result.key].map { $0 <= result.time } ?? true
    }
    func latest(_ key: UInt8, _ artifact: Digest) -> LogicalTime? {
      saved.filter { $0.key == key && $0.artifact == artifact }.map(\.time).max()
    }
    func winner(_ key: UInt8) -> LogicalTime? {
      saved.filter { $0.key == key && isValid($0) }.map(\.time).max()
    }
    let bindings = saved.compactMap { result in result.name.map { (name: $0, time: result.time) } }
    let all = bindings + bound.map { (name: $0.name, time: $0.time) }
    let current = Set(
      Dictionary(grouping: all, by: \.name).values.compactMap { $0.map(\.time).max() })

    var kept = Set(saved.filter(\.isHeld).map(\.time))
    kept.formUnion(saved.map(\.time).filter(current.contains))
    for result in saved where isValid(result) {
      if let run = result.run, expected.runs.contains(run) { kept.insert(result.time) }
    }
    for name in bound {
      guard name.isHeld || current.contains(name.time) || !isGone(name.run, at: name.time)
      else { continue }
      if let time = latest(name.key, name.artifact) { kept.insert(time) }
    }
    for run in expected.runs {
      for key in runs[run]?.listed ?? [] { if let time = winner(key) { kept.insert(time) } }
    }
    for result in saved where result.run == nil && isValid(result) {
      guard latest(result.key, result.artifact) == result.time,
        let winner = winner(result.key), kept.contains(winner)
      else { continue }
      kept.insert(result.time)
    }
    for result in saved where kept.contains(result.time) {
      expected.results[result.key, default: []].insert(result.time)
      if isValid(result) {
        expected.found[result.key] = max(result.time, expected.found[result.key] ?? result.time)
      }
    }
    return expected
  }
}
