import MillraceCoding
import Testing

@testable import MillraceStore

/// Whatever becomes of snapshots, a store answers as the log alone does.
@Suite(.timeLimit(.minutes(5))) struct SnapshotPropertyTests {
  /// A place that several stores write to in turns, at random.
  private struct World {
    var chance: Chance
    let fate = Fate()
    let logs: VanishingLogs
    let storage: Storage
    var stores: [ArtifactStore] = []
    var runs: [RunID] = []
    var sealed: Set<String> = []
    var oldSnapshots: [[UInt8]] = []
    var damages = 0
    var moved: UInt64 = 1 << 60

    init(seed: Int, _ storage: Storage) throws {
      chance = Chance(seed: seed)
      logs = VanishingLogs(storage.logs)
      var storage = storage
      storage.logs = logs
      self.storage = storage
      for _ in 0..<3 { stores.append(try open()) }
    }

    mutating func open() throws -> ArtifactStore {
      var options = StoreOptions.decided(by: fate)
      options.snapshotMinimum = 1
      options.memoryLimit = [0, 300, 64 << 20][chance.next(below: 3)]
      return try ArtifactStore(storage: storage, options: options)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
      elements[chance.next(below: elements.count)]
    }

    mutating func step() throws {
      let place = chance.next(below: stores.count)
      let store = stores[place]
      switch chance.next(below: 20) {
      case 0...5: try save(store)
      case 6:
        if let record = store.find(pick(Answers.keys)) {
          try store.bind(pick(Answers.names.dropLast()), to: record)
        }
      case 7: try store.invalidate(pick(Answers.keys), reason: "step", run: runs.last)
      case 8:
        runs.append(store.makeRunID())
        try store.beginRun(runs[runs.count - 1], pipeline: "p")
      case 9:
        if let run = runs.last {
          try store.endRun(run, status: .failed, counts: RunCounts(nodes: runs.count))
        }
      case 10:
        if let run = runs.last { try store.recordAttempt(1, of: "a", in: run, error: "no") }
      case 11:
        try store.remember(
          .sha256([UInt8(chance.next(below: 9))]), of: pick(Answers.paths), stamp: Answers.stamp,
          hashingBegan: store.currentTime)
      case 12: try store.flush()
      case 13: try store.refresh()
      case 14, 15: try store.close()
      case 16:
        try store.close()
        stores[place] = try open()
      case 17: try move(removing: chance.next(below: 2) == 0)
      default: try harm()
      }
    }

    private mutating func save(_ store: ArtifactStore) throws {
      var facts = ArtifactFacts.sample(node: pick(["a", "b"]), run: runs.last)
      if chance.next(below: 2) == 0 { facts.pipeline = pick(["p", "q"]) }
      let bytes = [UInt8](
        repeating: UInt8(chance.next(below: 3)), count: chance.next(below: 2) == 0 ? 3 : 30)
      try store.save(bytes, for: pick(Answers.keys), facts: facts)
    }

    /// Moves a finished segment's records into a new one.
    private mutating func move(removing: Bool) throws {
      let finished = try logs.list().sorted().filter { name in
        try logs.read(name, from: 0, limit: 0).isSealed
      }
      guard !finished.isEmpty else { return }
      moved += 1
      let name = pick(finished)
      try storage.copySegment(name, as: WriterID(high: chance.next(), low: moved))
      if removing { logs.remove(name) }
    }

    /// Does something to a snapshot.
    private mutating func harm() throws {
      let all = try storage.allSnapshots()
      guard let name = all.keys.sorted().first, var bytes = all[name], !bytes.isEmpty else {
        return
      }
      oldSnapshots.append(bytes)
      damages += 1
      switch chance.next(below: 4) {
      case 0: try storage.replaceSnapshot(name, with: nil)
      case 1:
        bytes.removeLast(1 + chance.next(below: bytes.count))
        try storage.replaceSnapshot(name, with: bytes)
      case 2:
        bytes[chance.next(below: bytes.count)] ^= UInt8(1 << chance.next(below: 8))
        try storage.replaceSnapshot(name, with: bytes)
      default: try storage.replaceSnapshot(name, with: pick(oldSnapshots))
      }
    }

    /// What all stores say, and one that is opened now, compared with the log.
    mutating func check() throws -> [String] {
      for store in stores { try store.flush() }
      let plain = try ArtifactStore(storage: storage.logAlone)
      let right = Answers(of: plain)
      var problems = plain.warnings.map { "the log: \($0)" }
      for store in stores {
        try store.refresh()
        problems += Answers(of: store).differences(from: right)
        let others = store.warnings.filter {
          ![.damagedIndex, .differingResults].contains($0.code)
        }
        problems += others.map { "\($0)" }
      }
      for limit in [0, 64 << 20] {
        var options = StoreOptions()
        options.memoryLimit = limit
        let store = try ArtifactStore(storage: storage.forReading, options: options)
        problems += Answers(of: store).differences(from: right)
        problems += store.warnings.filter { $0.code != .damagedIndex }.map { "\($0)" }
      }
      return problems
    }
  }

  @Test(arguments: 0..<60)
  func `a store with any snapshot says what the log says`(seed: Int) throws {
    var world = try World(seed: seed, .memory())
    for _ in 0..<12 {
      for _ in 0..<10 { try world.step() }
      let problems = try world.check()
      #expect(problems.isEmpty, "seed \(seed)")
      guard problems.isEmpty else { return }
    }
    #expect(world.damages > 0 && world.oldSnapshots.count > 0, "snapshots must come to harm")
  }

  @Test(arguments: 100..<106)
  func `on a disk it does so too`(seed: Int) throws {
    let folder = try TemporaryFolder()
    var world = try World(seed: seed, .disk(at: folder.path))
    for _ in 0..<8 {
      for _ in 0..<10 { try world.step() }
      let problems = try world.check()
      #expect(problems.isEmpty, "seed \(seed)")
    }
  }
}
