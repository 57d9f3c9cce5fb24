import Dispatch
import MillraceCoding
import Testing

@testable import MillraceStore

/// When snapshots are written, and what is made of those that are no good.
@Suite struct SnapshotTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  private func options(minimum: Int = 1) -> StoreOptions {
    var options = StoreOptions.decided(by: fate)
    options.snapshotMinimum = minimum
    return options
  }

  /// A store with some of everything.
  @discardableResult
  private func fill(
    _ storage: Storage, minimum: Int = 1, closing: Bool = true
  ) throws -> ArtifactStore {
    let store = try ArtifactStore(storage: storage, options: options(minimum: minimum))
    let run = store.makeRunID()
    try store.beginRun(run, pipeline: "p")
    for number in 0..<6 as Range<UInt8> {
      var facts = ArtifactFacts.sample(node: number % 2 == 0 ? "a" : "b", run: run)
      facts.pipeline = number < 4 ? "p" : nil
      try store.save(
        [UInt8](repeating: number, count: number % 3 == 0 ? 3 : 30), for: .sample(number),
        facts: facts)
    }
    try store.bind("free", to: #require(store.find(.sample(2))))
    try store.invalidate(.sample(3), reason: "late data", run: run)
    try store.recordAttempt(1, of: "a", in: run, error: "no")
    try store.remember(
      .sha256([1]), of: "/one", stamp: Answers.stamp, hashingBegan: store.currentTime)
    try store.endRun(run, status: .succeeded, counts: RunCounts(nodes: 6))
    try store.flush()
    if closing { try store.close() }
    return store
  }

  /// - Parameter known: What the log alone says, if it has been asked already.
  private func expectSame(
    _ storage: Storage, warnings: [StoreWarning.Code] = [], as known: Answers? = nil,
    _ comment: String = "", sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let plain = try known ?? Answers(of: ArtifactStore(storage: storage.logAlone))
    let store = try ArtifactStore(storage: storage.forReading)
    let differences = Answers(of: store).differences(from: plain)
    #expect(differences.isEmpty, "\(comment)", sourceLocation: sourceLocation)
    #expect(
      store.warnings.map(\.code) == warnings, "\(comment)", sourceLocation: sourceLocation)
  }

  // MARK: Writing

  @Test(arguments: StorageKind.allCases)
  func `closing writes a snapshot once enough was recorded`(kind: StorageKind) throws {
    let storage = try kind.makePlace(in: folder).open()
    let store = try fill(storage, minimum: 13)
    #expect(try storage.allSnapshots().isEmpty, "there are 12 records")
    try store.save([1], for: .sample(1))
    #expect(try storage.allSnapshots().isEmpty)
    try store.close()
    #expect(try storage.allSnapshots().count == 1)
    try expectSame(storage)
    let first = try storage.allSnapshots()
    try store.save([2], for: .sample(1))
    try store.close()
    #expect(try storage.allSnapshots() == first, "one record is not worth another")
    try expectSame(storage)
  }

  @Test(arguments: StorageKind.allCases)
  func `a newer snapshot takes the place of the older one`(kind: StorageKind) throws {
    let storage = try kind.makePlace(in: folder).open()
    try fill(storage)
    let first = try storage.allSnapshots()
    try fill(storage)
    let second = try storage.allSnapshots()
    #expect(second.count == 1)
    #expect(Set(second.keys).isDisjoint(with: first.keys))
    try expectSame(storage)
  }

  @Test func `a store that is only read writes none, and uses those that are there`() throws {
    let storage = Storage.memory()
    try fill(storage, minimum: 1000)
    let reader = try ArtifactStore(storage: storage.forReading, options: options())
    try reader.close()
    #expect(try storage.allSnapshots().isEmpty)
    try ArtifactStore(storage: storage, options: options()).close()
    #expect(try storage.allSnapshots().count == 1, "a writable one need not have written anything")
    try expectSame(storage)
  }

  @Test func `a snapshot that cannot be written is a warning`() throws {
    struct FullSnapshots: SnapshotStorage {
      func list() -> [String] { [] }
      func read(_ name: String, from offset: Int, limit: Int) -> (bytes: [UInt8], size: Int)? {
        nil
      }
      func write(
        _ name: String, durably: Bool,
        _ content: ((UnsafeRawBufferPointer) throws -> Void) throws -> Void
      ) throws {
        throw StoreFailure(.unwritable, "The test's disk is full.")
      }
      func remove(_ name: String) {}
    }
    var storage = Storage.memory()
    storage.snapshots = FullSnapshots()
    let store = try fill(storage)
    #expect(store.warnings.map(\.code) == [.unwrittenIndex])
    try expectSame(storage)
  }

  @Test func `what a writer left half written is removed by the next one`() throws {
    let storage = try Storage.disk(at: folder.path)
    try fill(storage)
    try folder.write([1, 2, 3], to: "index/dead.tmp")
    try fill(storage)
    #expect(folder.files().filter { $0.hasPrefix("index/") }.count == 1)
    #expect(folder.files().allSatisfy { !$0.hasSuffix(".tmp") })
  }

  @Test func `writers that close at once leave a snapshot that can be used`() throws {
    for _ in 0..<20 {
      let folder = try TemporaryFolder()
      let storage = try Storage.disk(at: folder.path)
      let stores = try (0..<4).map { _ in try fill(storage, closing: false) }
      DispatchQueue.concurrentPerform(iterations: stores.count) { number in
        try? stores[number].close()
      }
      #expect(try !storage.allSnapshots().isEmpty)
      for store in stores { #expect(store.warnings.allSatisfy { $0.code == .differingResults }) }
      try expectSame(storage)
      try fill(storage)
      #expect(try storage.allSnapshots().count == 1)
    }
  }

  // MARK: Reading on

  @Test(arguments: StorageKind.allCases)
  func `a segment that still grows is read on from where the snapshot stops`(
    kind: StorageKind
  ) throws {
    let storage = try kind.makePlace(in: folder).open()
    let live = try fill(storage, closing: false)
    try ArtifactStore(storage: storage, options: options()).close()
    #expect(try storage.allSnapshots().count == 1)
    try live.save([9], for: .sample(7))
    try live.invalidate(.sample(1), reason: "later")
    try live.flush()
    try expectSame(storage)
    try live.close()
    try expectSame(storage)
  }

  @Test func `results of this process that it has not written yet are in no snapshot`() throws {
    let storage = Storage.memory()
    let store = try fill(storage, closing: false)
    try fill(storage)
    try store.save([9], for: .sample(7))
    let other = try ArtifactStore(storage: storage.forReading)
    #expect(other.find(.sample(7)) == nil)
    try store.flush()
    try expectSame(storage)
  }

  @Test func `a dead writer's torn tail is warned of until a snapshot covers it`() throws {
    let storage = try Storage.disk(at: folder.path)
    let store = try fill(storage, minimum: 1000, closing: false)
    let name = try #require(folder.files().first { $0.hasPrefix("log/") })
    let bytes = try folder.read(name)
    try store.close()
    try folder.write(Array(bytes.dropLast(5)), to: name, mode: 0o644)
    #expect(try ArtifactStore(storage: storage.forReading).warnings.map(\.code) == [.tornTail])
    let next = try ArtifactStore(storage: storage, options: options())
    #expect(next.warnings.map(\.code) == [.tornTail])
    try next.close()
    #expect(try storage.allSnapshots().count == 1)
    let last = try ArtifactStore(storage: storage.forReading)
    #expect(last.warnings.isEmpty)
    let plain = try ArtifactStore(storage: storage.logAlone)
    #expect(Answers(of: last) == Answers(of: plain))
  }

  // MARK: Damage

  @Test(arguments: [0x01, 0x80] as [UInt8])
  func `any byte flipped is a warning, and the log is read`(flip: UInt8) throws {
    let storage = Storage.memory()
    try fill(storage)
    let (name, bytes) = try #require(try storage.allSnapshots().first)
    let plain = try Answers(of: ArtifactStore(storage: storage.logAlone))
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= flip
      try storage.replaceSnapshot(name, with: damaged)
      try expectSame(storage, warnings: [.damagedIndex], as: plain, "at \(position)")
    }
  }

  @Test func `a snapshot cut anywhere, or with more behind it, is a warning`() throws {
    let storage = Storage.memory()
    try fill(storage)
    let (name, bytes) = try #require(try storage.allSnapshots().first)
    let plain = try Answers(of: ArtifactStore(storage: storage.logAlone))
    for count in bytes.indices {
      try storage.replaceSnapshot(name, with: Array(bytes[..<count]))
      try expectSame(storage, warnings: [.damagedIndex], as: plain, "cut to \(count)")
    }
    try storage.replaceSnapshot(name, with: bytes + [0])
    try expectSame(storage, warnings: [.damagedIndex])
    try storage.replaceSnapshot(name, with: Array("something else entirely".utf8))
    try expectSame(storage, warnings: [.damagedIndex])
  }

  @Test func `a damaged snapshot is replaced by the next one`() throws {
    let storage = Storage.memory()
    try fill(storage)
    let (name, bytes) = try #require(try storage.allSnapshots().first)
    var damaged = bytes
    damaged[100] ^= 1
    try storage.replaceSnapshot(name, with: damaged)
    try ArtifactStore(storage: storage, options: options()).close()
    #expect(try storage.allSnapshots().count == 1)
    try expectSame(storage)
  }

  @Test func `a snapshot of a later version is left alone`() throws {
    let storage = Storage.memory()
    try fill(storage)
    let (name, bytes) = try #require(try storage.allSnapshots().first)
    var newer = Array(bytes[..<60])
    newer[13] = UInt8(ascii: "3")
    newer.append(number: newer.withUnsafeBytes { CRC32.checksum($0) })
    newer += [1, 2, 3]
    try storage.replaceSnapshot(name, with: newer)
    try expectSame(storage)
    try ArtifactStore(storage: storage, options: options()).close()
    #expect(try storage.allSnapshots().count == 2)
    #expect(try storage.allSnapshots()[name] == newer)
    try expectSame(storage)
  }

  @Test(arguments: [0, 1, 200])
  func `a segment shorter than covered makes a snapshot useless`(missing: Int) throws {
    let storage = try Storage.disk(at: folder.path)
    try fill(storage)
    let name = try #require(folder.files().first { $0.hasPrefix("log/") })
    let bytes = try folder.read(name)
    try folder.write(Array(bytes.dropLast(missing)), to: name)
    try expectSame(storage, warnings: missing == 0 ? [] : [.truncatedSegment])
  }

  @Test func `a segment that is gone makes a snapshot useless`() throws {
    let storage = try Storage.disk(at: folder.path)
    try fill(storage)
    try fill(storage)
    try folder.remove(#require(folder.files().first { $0.hasPrefix("log/") }))
    try expectSame(storage, warnings: [.missingSegment])
  }

  @Test func `a record that has changed since gives way to the one before it`() throws {
    let storage = try Storage.disk(at: folder.path)
    let old = try fill(storage, minimum: 1000)
    try old.save([5, 5], for: .sample(5), facts: .sample(node: "changed"))
    try old.close()
    try ArtifactStore(storage: storage, options: options()).close()
    let marker = Array("changed".utf8)
    for name in folder.files() where name.hasPrefix("log/") {
      var bytes = try folder.read(name)
      let place = bytes.indices.first { bytes[$0...].starts(with: marker) }
      guard let place else { continue }
      bytes[place] ^= 1
      try folder.write(bytes, to: name)
    }
    let store = try ArtifactStore(storage: storage.forReading)
    #expect(store.warnings.isEmpty)
    #expect(store.find(.sample(5))?.node == "b")
    #expect(store.warnings.map(\.code) == [.damagedRecord])
    // The log alone does not know that the record ever was, so it can say more of names.
    let plain = try ArtifactStore(storage: storage.logAlone)
    let differences = Answers(of: store).differences(from: Answers(of: plain))
    #expect(differences.allSatisfy { $0.hasPrefix("unbound: false") })
  }
}
