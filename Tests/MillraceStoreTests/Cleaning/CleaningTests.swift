import MillraceCoding
import Synchronization
import Testing

@testable import MillraceStore

/// What clean-ups remove, and what they leave.
@Suite struct CleaningTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  private func open(_ place: Place) throws -> ArtifactStore {
    try place.openStore(.decided(by: fate))
  }

  /// Records a run of a pipeline that stores results under names, a minute after the last one.
  @discardableResult
  private func run(
    _ pipeline: String, in place: Place, _ results: [(node: String, key: UInt8, bytes: [UInt8])]
  ) throws -> RunID {
    fate.now.withLock { $0 += 60_000_000_000 }
    let store = try open(place)
    let run = store.makeRunID()
    try store.beginRun(run, pipeline: pipeline)
    for result in results {
      var facts = ArtifactFacts.sample(node: result.node, run: run)
      facts.pipeline = pipeline
      try store.save(result.bytes, for: .sample(result.key), facts: facts)
    }
    try store.recordAttempt(1, of: "clean", in: run, error: "Refused")
    try store.endRun(run, status: .succeeded, counts: RunCounts(nodes: results.count))
    try store.close()
    return run
  }

  private func large(_ byte: UInt8) -> [UInt8] { Array(repeating: byte, count: 100) }

  private func expectClean(_ place: Place, sourceLocation: SourceLocation = #_sourceLocation) throws
  {
    let report = try open(place).verify()
    #expect(report.problems.isEmpty, sourceLocation: sourceLocation)
    #expect(report.unreferenced == StoreTally(), sourceLocation: sourceLocation)
  }

  @Test(arguments: StorageKind.allCases)
  func `without limits all that a run or a name refers to stays`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let runs = [
      try run("p", in: place, [("a", 1, [1]), ("b", 2, large(2))]),
      try run("p", in: place, [("a", 3, [3]), ("b", 4, large(4))]),
    ]
    let store = try open(place)
    try store.bind("mine", to: store.save(large(5), for: .sample(5)))
    try store.save(large(6), for: .sample(6))
    let report = try store.collectGarbage()
    #expect(report.shares.map(\.results) == [1], "the result that nothing refers to")
    #expect(report.freed > 100)
    #expect(try open(place).runs().map(\.id) == runs)
    for (key, bytes) in [(1, [1]), (2, large(2)), (3, [3]), (4, large(4)), (5, large(5))] {
      #expect(try open(place).value(of: .sample(UInt8(key))) == bytes)
      #expect(store.value(of: .sample(UInt8(key))) == bytes)
    }
    #expect(store.find(.sample(6)) == nil)
    #expect(try open(place).find(.sample(6)) == nil)
    #expect(store.warnings.isEmpty)
    try expectClean(place)
    let again = try open(place).collectGarbage()
    #expect(again.shares.isEmpty && again.freed == 0)
    #expect(again.segmentsAfter == again.segmentsBefore)
  }

  @Test(arguments: StorageKind.allCases)
  func `runs before the last go with what only they used`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let first = try run("p", in: place, [("a", 1, large(1)), ("b", 2, large(2))])
    // `b` is found by the second run, so that its name still stands for it.
    let second = try run("p", in: place, [("a", 3, large(3))])
    let other = try run("q", in: place, [("a", 4, large(4))])
    let store = try open(place)
    let report = try store.collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(report.shares.count == 1)
    #expect(report.shares.first?.pipeline == "p")
    #expect(report.shares.first?.runs == 1 && report.shares.first?.results == 1)
    #expect(try open(place).runs().map(\.id) == [second, other])
    #expect(try open(place).failedAttempts(in: first).isEmpty)
    #expect(try open(place).failedAttempts(in: second).count == 1)
    #expect(store.find(.sample(1)) == nil)
    for key in [2, 3, 4] as [UInt8] { #expect(store.value(of: .sample(key)) == large(key)) }
    #expect(try store.load(#require(store.resolve("p/b"))) == large(2))
    try expectClean(place)
  }

  @Test func `what a run found stays with it`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    try run("p", in: place, [("a", 1, large(1))])
    let store = try open(place)
    let second = store.makeRunID()
    fate.now.withLock { $0 += 60_000_000_000 }
    try store.beginRun(second, pipeline: "p")
    let task = RunListing.Task(id: "a", fileID: "A.swift", line: 1, parameters: [])
    let node = RunListing.Node(name: "x", task: 0, state: .hit, key: .sample(1))
    // Larger than what a record carries here, so that it is an object.
    let listing = RunListing(tasks: [task], nodes: [node])
    try store.endRun(
      second, status: .succeeded, counts: RunCounts(nodes: 1, hits: 1), listing: listing)
    try store.close()
    // The name now stands for something else.
    try run("q", in: place, [("a", 9, large(9))])
    let last = try open(place)
    try last.bind("p/a", to: #require(last.find(.sample(9))))
    try last.close()
    try last.collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(try open(place).value(of: .sample(1)) == large(1))
    #expect(try open(place).listing(of: second) == listing)
    try expectClean(place)
    // And goes with it.
    try run("p", in: place, [("b", 7, large(7))])
    try open(place).collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(try open(place).find(.sample(1)) == nil)
    #expect(try open(place).listing(of: second) == nil)
    try expectClean(place)
  }

  @Test func `old runs go by their age`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    for number in 1...4 as ClosedRange<UInt8> {
      try run("p", in: place, [("a", number, large(number))])
    }
    let report = try open(place).collectGarbage(RetentionPolicy(maximumAge: .seconds(90)))
    #expect(report.shares.first?.runs == 2)
    #expect(try open(place).runs().count == 2)
    let found = try (1...4 as ClosedRange<UInt8>).map { try open(place).find(.sample($0)) != nil }
    #expect(found == [false, false, true, true])
    // However old, what a name stands for stays.
    fate.now.withLock { $0 += 3_600_000_000_000 }
    try open(place).collectGarbage(RetentionPolicy(maximumAge: .seconds(90)))
    #expect(try open(place).runs().isEmpty)
    #expect(try open(place).value(of: .sample(4)) == large(4))
    #expect(try open(place).names().map(\.name) == ["p/a"])
    try expectClean(place)
  }

  @Test func `a limit of size lets go of what was used longest ago`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    let sizes = [UInt8](1...5)
    for number in sizes {
      try run(
        "p", in: place, [("a", number, Array(repeating: number, count: 100_000))])
    }
    let before = try open(place).collectGarbage(dryRun: true).sizeBefore
    let report = try open(place).collectGarbage(RetentionPolicy(maximumSize: before - 150_000))
    #expect(report.isWithinLimit && report.sizeAfter <= before - 150_000)
    let found = try sizes.map { try open(place).find(.sample($0)) != nil }
    #expect(found == [false, false, true, true, true])
    #expect(try open(place).runs().count == 5, "runs stay")
    let all = try open(place).collectGarbage(RetentionPolicy(maximumSize: 1))
    #expect(!all.isWithinLimit)
    #expect(try open(place).value(of: .sample(5))?.count == 100_000)
    try expectClean(place)
  }

  @Test func `invalidated results go, and stay forgotten`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    try run("p", in: place, [("a", 1, large(1))])
    try run("p", in: place, [("a", 2, large(2))])
    let store = try open(place)
    for key in [1, 2] as [UInt8] { try store.invalidate(.sample(key), reason: "a test") }
    try store.collectGarbage()
    for opened in [store, try open(place)] {
      #expect(opened.records(of: .sample(1)).isEmpty)
      // A name stands for it.
      #expect(opened.records(of: .sample(2)).count == 1 && opened.find(.sample(2)) == nil)
      #expect(try opened.load(#require(opened.resolve("p/a"))) == large(2))
    }
    try expectClean(place)
  }

  @Test func `results that differ stay as evidence until their key is invalidated`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    let store = try open(place)
    try store.save(large(1), for: .sample(1))
    try store.bind("report", to: store.save(large(2), for: .sample(1)))
    try store.collectGarbage()
    #expect(try open(place).conflicts().count == 1)
    try store.invalidate(.sample(1), reason: "a test")
    try store.collectGarbage()
    #expect(try open(place).conflicts().isEmpty)
    #expect(try open(place).records(of: .sample(1)).map(\.artifact) == [.sha256(large(2))])
    try expectClean(place)
  }

  @Test func `what a live writer has recorded stays, and is cleaned up when he is gone`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    let live = try open(place)
    try live.save(large(1), for: .sample(1))
    try live.save([2], for: .sample(2))
    try live.flush()
    let report = try open(place).collectGarbage()
    #expect(report.shares.isEmpty && report.freed == 0)
    #expect(live.value(of: .sample(1)) == large(1))
    try live.close()
    #expect(try open(place).collectGarbage().shares.first?.results == 2)
    try live.refresh()
    #expect(live.find(.sample(1)) == nil && live.find(.sample(2)) == nil)
    #expect(live.warnings.isEmpty)
  }

  @Test(arguments: StorageKind.allCases)
  func `a store that knows of removed results misses them without a warning`(
    kind: StorageKind
  ) throws {
    let place = kind.makePlace(in: folder)
    try run("p", in: place, [("a", 1, large(1)), ("b", 2, [2])])
    let store = try open(place)
    let records = try [1, 2].map { try #require(store.find(.sample($0))) }
    try run("p", in: place, [("a", 3, large(3)), ("b", 4, [4])])
    try open(place).collectGarbage(RetentionPolicy(keepLast: 1))
    #expect(!store.isReadable(records[0]))
    #expect(throws: StoreFailure.self) { try store.load(records[0]) }
    #expect(store.find(.sample(1)) == nil)
    // Of a name, there must be something that it can stand for.
    #expect(throws: StoreFailure.self) { try store.bind("late", to: records[0]) }
    try store.bind("late", to: records[1])
    try store.close()
    #expect(try open(place).load(#require(open(place).resolve("late"))) == [2])
    #expect(try open(place).resolve("late")?.key == .sample(2))
    #expect(store.warnings.isEmpty)
    try expectClean(place)
  }

  @Test func `many small segments become one`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    for number in 1...12 as ClosedRange<UInt8> {
      try run("p", in: place, [("a\(number)", number, [number])])
    }
    let before = try open(place).names()
    let records = try open(place).runs()
    let report = try open(place).collectGarbage()
    #expect(report.segmentsBefore == 12 && report.segmentsAfter == 1)
    #expect(report.shares.isEmpty)
    #expect(try open(place).names() == before)
    #expect(try open(place).runs() == records)
    try expectClean(place)
  }

  @Test func `a dry run says the same and changes nothing`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    for number in 1...3 as ClosedRange<UInt8> {
      try run("p", in: place, [("a", number, large(number))])
    }
    try folder.write([1, 2], to: "store/objects/tmp/ab-1")
    func contents() throws -> [String: [UInt8]] {
      try Dictionary(uniqueKeysWithValues: folder.files().map { ($0, try folder.read($0)) })
    }
    let before = try contents()
    let policy = RetentionPolicy(keepLast: 1)
    let dry = try ArtifactStore.open(at: "\(folder.path)/store", readOnly: true)
      .collectGarbage(policy, dryRun: true)
    #expect(try contents() == before)
    let real = try open(place).collectGarbage(policy)
    #expect(dry.isDryRun && !real.isDryRun)
    #expect(dry.shares == real.shares && dry.leftovers == real.leftovers)
    #expect(real.leftovers == StoreTally(count: 1, bytes: 2))
    #expect(dry.segmentsAfter == real.segmentsAfter)
    // Records that move get longer by their writer.
    #expect(abs(dry.freed - real.freed) < 500)
  }

  @Test func `a store that can only be read refuses`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    try run("p", in: place, [("a", 1, [1])])
    let store = try ArtifactStore.open(at: "\(folder.path)/store", readOnly: true)
    let failure = #expect(throws: StoreFailure.self) { try store.collectGarbage() }
    #expect(failure?.code == .readOnly)
    #expect(failure?.message.contains("can only be read") == true)
  }

  @Test func `nothing is removed while a segment cannot be read`() throws {
    let place = StorageKind.disk.makePlace(in: folder)
    try run("p", in: place, [("a", 1, large(1))])
    try run("p", in: place, [("a", 2, large(2))])
    try folder.makeFolder("store/log/\(String(repeating: "0", count: 32)).log")
    let before = folder.files()
    #expect(throws: StoreFailure.self) {
      try open(place).collectGarbage(RetentionPolicy(keepLast: 1))
    }
    #expect(folder.files() == before)
  }
}
