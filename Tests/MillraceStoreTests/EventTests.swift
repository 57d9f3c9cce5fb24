import MillraceCoding
import Synchronization
import Testing

@testable import MillraceStore

/// Names, runs and remembered files, on every kind of storage.
@Suite struct EventTests {
  private let folder: TemporaryFolder
  private let fate = Fate()

  init() throws {
    folder = try TemporaryFolder()
  }

  private var options: StoreOptions { .decided(by: fate) }

  // MARK: Names

  @Test(arguments: StorageKind.allCases)
  func `the latest binding of a name counts`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    let run = store.makeRunID()
    let old = try store.save([1], for: .sample(1))
    let new = try store.save([UInt8](repeating: 2, count: 50), for: .sample(2))
    try store.bind("delays/report", to: old)
    try store.bind("delays/report", to: new, run: run)
    try store.bind("delays/model", to: old)
    try store.flush()
    for store in [store, try place.openStore(options)] {
      let binding = try #require(store.resolve("delays/report"))
      #expect(binding.artifact == new.artifact)
      #expect(binding.key == .sample(2))
      #expect(binding.size == 50)
      #expect(binding.codec == "bytes/1")
      #expect(binding.run == run)
      #expect(try store.load(binding) == [UInt8](repeating: 2, count: 50))
      #expect(store.resolve("report") == nil)
      #expect(store.names().map(\.name) == ["delays/model", "delays/report"])
    }
  }

  @Test(arguments: StorageKind.allCases)
  func `a name keeps its artifact when the key gets another`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    try store.bind("report", to: store.save([1], for: .sample(1)))
    try store.invalidate(.sample(1), reason: "asked for")
    try store.save([2], for: .sample(1))
    try store.flush()
    let reopened = try place.openStore(options)
    #expect(try reopened.load(#require(reopened.resolve("report"))) == [1])
  }

  // MARK: Runs

  @Test(arguments: StorageKind.allCases)
  func `runs are remembered from beginning to end`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    let ended = store.makeRunID()
    try store.beginRun(ended, pipeline: "delays")
    let counts = RunCounts(nodes: 9, executed: 4, hits: 3, failed: 2)
    try store.endRun(ended, status: .failed, counts: counts)
    fate.now.withLock { $0 += 5_000_000 }
    let killed = store.makeRunID()
    try store.beginRun(killed, pipeline: "delays")
    try store.flush()
    for store in [store, try place.openStore(options)] {
      #expect(store.runs().map(\.id) == [ended, killed])
      let first = try #require(store.run(ended))
      #expect(first.pipeline == "delays")
      #expect(first.status == .failed)
      #expect(first.counts == counts)
      #expect(try #require(first.began) < #require(first.ended))
      #expect(store.run(killed)?.ended == nil)
      #expect(store.run(killed)?.status == nil)
    }
  }

  // MARK: Files

  private static let second: Int64 = 1_000_000_000
  private static let now: Int64 = 1_700_000_000_000_000_000

  private func stamp(age: Int64) -> FileStamp {
    FileStamp(size: 10, modified: Self.now - age, inode: 3, device: 4)
  }

  @Test(arguments: StorageKind.allCases)
  func `a remembered digest is given for the same stamp only`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    let stamp = stamp(age: 2 * Self.second)
    let digest = Digest.sha256([1])
    #expect(
      try store.remember(digest, of: "/data", stamp: stamp, hashingBegan: store.currentTime))
    try store.flush()
    for store in [store, try place.openStore(options)] {
      #expect(store.rememberedDigest(of: "/data", stamp: stamp) == digest)
      #expect(store.rememberedDigest(of: "/other", stamp: stamp) == nil)
      var others = Array(repeating: stamp, count: 4)
      others[0].size += 1
      others[1].modified += 1
      others[2].inode += 1
      others[3].device += 1
      for other in others { #expect(store.rememberedDigest(of: "/data", stamp: other) == nil) }
    }
  }

  @Test(arguments: [2 * second - 1, 0, -second, -1000 * second, .min + now + 1])
  func `a file that was just modified is not remembered`(age: Int64) throws {
    let store = ArtifactStore.inMemory(options: options)
    let stamp = stamp(age: age)
    let began = store.currentTime
    #expect(
      try !store.remember(.sha256([1]), of: "/data", stamp: stamp, hashingBegan: began))
    #expect(store.rememberedDigest(of: "/data", stamp: stamp) == nil)
  }

  @Test(arguments: StorageKind.allCases)
  func `remembering the same again writes nothing`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let stamp = stamp(age: 5 * Self.second)
    for _ in 0..<3 {
      let store = try place.openStore(options)
      let began = store.currentTime
      #expect(try store.remember(.sha256([1]), of: "/data", stamp: stamp, hashingBegan: began))
      try store.close()
    }
    #expect(try place.open().logs.list().count == 1)
  }

  @Test func `a later digest replaces the earlier one`() throws {
    let store = ArtifactStore.inMemory(options: options)
    let (old, new) = (stamp(age: 9 * Self.second), stamp(age: 5 * Self.second))
    let began = store.currentTime
    try store.remember(.sha256([1]), of: "/data", stamp: old, hashingBegan: began)
    try store.remember(.sha256([2]), of: "/data", stamp: new, hashingBegan: began)
    #expect(store.rememberedDigest(of: "/data", stamp: old) == nil)
    #expect(store.rememberedDigest(of: "/data", stamp: new) == .sha256([2]))
  }
}
