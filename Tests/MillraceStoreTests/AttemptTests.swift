import MillraceCoding
import Testing

@testable import MillraceStore

/// Records of attempts that failed, on every kind of storage.
@Suite struct AttemptTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  private var options: StoreOptions { .decided(by: fate) }

  @Test(arguments: StorageKind.allCases)
  func `failed attempts of a run are kept in their order`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    let (run, other) = (store.makeRunID(), store.makeRunID())
    try store.beginRun(run, pipeline: "delays")
    try store.recordAttempt(
      1, of: "fetch", in: run, error: "Busy.busy", delayNanoseconds: 2_000_000_000)
    try store.recordAttempt(1, of: "load", in: run, error: "Gone", delayNanoseconds: 0)
    try store.recordAttempt(2, of: "fetch", in: run, error: "too slow", isTimeout: true)
    try store.endRun(run, status: .failed, counts: RunCounts(nodes: 2, failed: 1))
    try store.flush()
    for store in [store, try place.openStore(options)] {
      let attempts = store.failedAttempts(in: run)
      #expect(attempts.map(\.node) == ["fetch", "load", "fetch"])
      #expect(attempts.map(\.number) == [1, 1, 2])
      #expect(attempts.map(\.error) == ["Busy.busy", "Gone", "too slow"])
      #expect(attempts.map(\.isTimeout) == [false, false, true])
      #expect(attempts.map(\.delayNanoseconds) == [2_000_000_000, 0, nil])
      #expect(attempts.allSatisfy { $0.run == run })
      #expect(attempts.map(\.time) == attempts.map(\.time).sorted())
      let record = try #require(store.run(run))
      #expect(try #require(record.began) < attempts[0].time)
      #expect(attempts[2].time < (try #require(record.ended)))
      #expect(store.failedAttempts(in: other).isEmpty)
      #expect(store.warnings.isEmpty)
    }
  }

  @Test func `a store that cannot be written to knows its own`() throws {
    try ArtifactStore.open(at: folder.path + "/store").close()
    let store = try ArtifactStore.open(at: folder.path + "/store", readOnly: true, options: options)
    let run = store.makeRunID()
    try store.recordAttempt(1, of: "n", in: run, error: "e")
    #expect(store.failedAttempts(in: run).map(\.node) == ["n"])
    #expect(try ArtifactStore.open(at: folder.path + "/store").failedAttempts(in: run).isEmpty)
  }

  private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func sample(delay: UInt64?) throws -> AttemptRecord {
    AttemptRecord(
      run: try #require(RunID(bytes: Array(0..<16))), node: "n", number: 3, error: "e",
      isTimeout: true, delayNanoseconds: delay, time: LogicalTime(nanoseconds: 5))
  }

  @Test func `the bytes of a record are pinned`() throws {
    let head = "000801050350000102030405060708090a0b0c0d0e0f"
    #expect(hex(try sample(delay: nil).encoded()) == "a7\(head)08616e09030a61650b01")
    #expect(hex(try sample(delay: 7).encoded()) == "a8\(head)08616e09030a61650b010c07")
  }

  @Test(arguments: [nil, 0, UInt64.max])
  func `a record is read as it was written`(delay: UInt64?) throws {
    let attempt = try sample(delay: delay)
    let record = try attempt.encoded().withUnsafeBytes { try LogRecord($0) }
    guard case .attempt(let read) = record.content else {
      Issue.record("it must be an attempt")
      return
    }
    #expect(read == attempt)
  }

  @Test func `fields of a later version are passed over, and what must be there is asked for`()
    throws
  {
    var writer = RecordWriter(
      .attempt, time: LogicalTime(nanoseconds: 5), run: try sample(delay: nil).run, fieldCount: 3)
    writer.add(8, "n")
    writer.add(9, UInt64(2))
    writer.add(99, "later")
    let record = try writer.payload.withUnsafeBytes { try LogRecord($0) }
    guard case .attempt(let read) = record.content else {
      Issue.record("it must be an attempt")
      return
    }
    #expect(read.number == 2 && read.error == "" && !read.isTimeout)
    var incomplete = RecordWriter(.attempt, time: LogicalTime(nanoseconds: 5), fieldCount: 1)
    incomplete.add(8, "n")
    let bytes = incomplete.payload
    #expect(throws: CodingFailure.self) { try bytes.withUnsafeBytes { _ = try LogRecord($0) } }
  }

  @Test func `a record that stands in two segments counts once`() throws {
    let attempt = try sample(delay: nil)
    var index = EventIndex()
    let stamp = Stamp(time: attempt.time, writer: WriterID(high: 1, low: 2))
    for _ in 0..<2 { index.merge(.attempt(attempt), stamp) }
    #expect(index.attempts(in: attempt.run) == [attempt])
  }
}
