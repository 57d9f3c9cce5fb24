import MillraceCoding
import Synchronization
import Testing

@testable import MillraceStore

/// What a store does on every kind of storage. Artifacts of more than 16 bytes are objects here.
@Suite struct ArtifactStoreTests {
  private let folder: TemporaryFolder
  private let fate = Fate()
  private let small: [UInt8] = [1, 2, 3]
  private let large = [UInt8](repeating: 7, count: 100)

  init() throws {
    folder = try TemporaryFolder()
  }

  private var options: StoreOptions { .decided(by: fate) }

  // MARK: Saving and loading

  @Test(arguments: StorageKind.allCases, [0, 1, 16, 17, 100_000])
  func `a result comes back with its facts`(kind: StorageKind, size: Int) throws {
    let place = kind.makePlace(in: folder)
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let store = try place.openStore(options)
    let run = store.makeRunID()
    var facts = ArtifactFacts.sample(run: run)
    facts.files = ["/data/a.csv": .sha256([1]), "b.csv": .sha256([2])]
    let saved = try store.save(bytes, for: .sample(1), facts: facts)
    let found = try #require(store.find(.sample(1)))
    try store.flush()
    let reopened = try #require(place.openStore(options).find(.sample(1)))
    for record in [saved, found, reopened] {
      #expect(record.key == .sample(1))
      #expect(record.artifact == .sha256(bytes))
      #expect(record.time == saved.time)
      #expect(record.size == size)
      #expect(record.codec == "bytes/1")
      #expect(record.inlineBytes == (size <= 16 ? bytes : nil))
      #expect(try record.parts["version"] == .integer(2))
      #expect(record.task == "Reports.clean(_:)")
      #expect(record.node == "clean")
      #expect(record.run == run)
      #expect(record.durationNanoseconds == 1500)
      #expect(record.facts.files == facts.files)
      #expect(try store.load(record) == bytes)
      #expect(try place.openStore(options).load(record) == bytes)
    }
  }

  @Test(arguments: StorageKind.allCases)
  func `a key without a result is not found`(kind: StorageKind) throws {
    let store = try kind.makePlace(in: folder).openStore(options)
    try store.save(small, for: .sample(1))
    #expect(store.find(.sample(2)) == nil)
    #expect(store.records(of: .sample(2)).isEmpty)
  }

  @Test(arguments: StorageKind.allCases)
  func `an artifact is loaded by its digest alone`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    for bytes in [small, large] {
      try store.save(bytes, for: Key(.sha256(bytes)))
      #expect(try store.load(Digest.sha256(bytes)) == bytes)
    }
    try store.flush()
    #expect(try place.openStore(options).load(Digest.sha256(small)) == small)
    let failure = #expect(throws: StoreFailure.self) { try store.load(Digest.sha256([9])) }
    #expect(failure?.code == .missing)
  }

  @Test(arguments: StorageKind.allCases)
  func `a store that says nothing writes nothing`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    _ = store.find(.sample(1))
    try store.flush()
    try store.close()
    #expect(try place.open().logs.list().isEmpty)
    #expect(try place.open().blobs.list().isEmpty)
  }

  @Test(arguments: StorageKind.allCases)
  func `records too many for memory are read again`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    var options = options
    options.memoryLimit = 0
    let store = try place.openStore(options)
    for number in 0..<50 as Range<UInt8> { try store.save([number], for: .sample(number)) }
    try store.flush()
    for store in [store, try place.openStore(options)] {
      for number in 0..<50 as Range<UInt8> { #expect(store.value(of: .sample(number)) == [number]) }
      #expect(store.warnings.isEmpty)
    }
  }

  // MARK: Several results of one key

  @Test(arguments: StorageKind.allCases)
  func `the latest result counts and other bytes are evidence`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    try store.save(small, for: .sample(1))
    try store.save(small, for: .sample(1))
    try store.save(small, for: .sample(2))
    #expect(store.warnings.isEmpty, "the same bytes again are no evidence")
    try store.save([9], for: .sample(1))
    #expect(store.warnings.map(\.code) == [.differingResults])
    #expect(store.warnings[0].message.contains("'clean'"))
    try store.flush()
    for store in [store, try place.openStore(options)] {
      #expect(store.value(of: .sample(1)) == [9])
      let artifacts = store.records(of: .sample(1)).map(\.artifact)
      #expect(artifacts == [.sha256([9]), .sha256(small), .sha256(small)])
      #expect(store.conflicts().map(\.key) == [.sample(1)])
      #expect(store.conflict(of: .sample(2)) == nil)
    }
  }

  @Test(arguments: StorageKind.allCases)
  func `an invalid key is a miss until it has a new result`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(options)
    try store.save(small, for: .sample(1))
    try store.save(small, for: .sample(2))
    try store.invalidate(.sample(1), reason: "unreadable")
    try store.flush()
    for store in [store, try place.openStore(options)] {
      #expect(store.find(.sample(1)) == nil)
      #expect(store.records(of: .sample(1)).count == 1)
      #expect(store.value(of: .sample(2)) == small)
    }
    try store.save([4], for: .sample(1))
    #expect(store.warnings.isEmpty, "a new result after an invalidation is no evidence")
    try store.flush()
    #expect(try place.openStore(options).value(of: .sample(1)) == [4])
  }

  @Test(arguments: StorageKind.allCases)
  func `a clock that runs backwards does not revive old results`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let first = try place.openStore(options)
    try first.save(small, for: .sample(1))
    try first.close()
    fate.now.withLock { $0 -= 1_000_000_000_000 }
    let second = try place.openStore(options)
    try second.save([9], for: .sample(1))
    try second.close()
    #expect(try place.openStore(options).value(of: .sample(1)) == [9])
  }

  // MARK: Several stores at one place

  @Test(arguments: StorageKind.allCases)
  func `stores see each other after a flush and a refresh`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let (one, other) = (try place.openStore(options), try place.openStore(options))
    try one.save(small, for: .sample(1))
    try one.save(large, for: .sample(2))
    try other.refresh()
    #expect(other.find(.sample(1)) == nil, "not flushed yet")
    try one.flush()
    try other.save([5], for: .sample(3))
    try other.flush()
    for _ in 0..<2 {
      try one.refresh()
      try other.refresh()
    }
    for store in [one, other] {
      #expect(store.value(of: .sample(1)) == small)
      #expect(store.value(of: .sample(2)) == large)
      #expect(store.value(of: .sample(3)) == [5])
      #expect(store.records(of: .sample(1)).count == 1, "nothing is merged twice")
      #expect(store.warnings.isEmpty)
    }
    try one.save([6], for: .sample(4))
    try one.close()
    try other.refresh()
    #expect(other.value(of: .sample(4)) == [6])
  }

  @Test(arguments: StorageKind.allCases)
  func `eight writers at once lose nothing`(kind: StorageKind) async throws {
    let place = kind.makePlace(in: folder)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for writer in 0..<8 as Range<UInt8> {
        group.addTask {
          let store = try place.openStore(StoreOptions())
          for number in 0..<20 as Range<UInt8> {
            let bytes = [UInt8](repeating: number, count: number % 2 == 0 ? 20 : 20_000)
            try store.save(bytes, for: .sample(writer * 20 + number))
          }
          try store.close()
        }
      }
      try await group.waitForAll()
    }
    let store = try place.openStore(options)
    for number in 0..<160 as Range<UInt8> {
      let bytes = try #require(store.value(of: .sample(number)))
      #expect(bytes.allSatisfy { $0 == number % 20 })
    }
    #expect(store.warnings.isEmpty)
    #expect(try place.open().logs.list().count == 8)
  }

  @Test(arguments: StorageKind.allCases)
  func `threads of one store lose nothing`(kind: StorageKind) async throws {
    let place = kind.makePlace(in: folder)
    let store = try place.openStore(StoreOptions())
    try await withThrowingTaskGroup(of: Void.self) { group in
      for thread in 0..<8 as Range<UInt8> {
        group.addTask {
          for number in 0..<20 as Range<UInt8> {
            let key = Key.sample(thread * 20 + number)
            let count = number % 2 == 0 ? 20 : 20_000
            try store.save([UInt8](repeating: number, count: count), for: key)
            #expect(store.value(of: key)?.first == number)
            if number == 10 { try store.flush() }
          }
        }
      }
      try await group.waitForAll()
    }
    try store.close()
    let reopened = try place.openStore(options)
    for number in 0..<160 as Range<UInt8> {
      #expect(reopened.value(of: .sample(number))?.first == number % 20)
    }
  }

  @Test(arguments: StorageKind.allCases)
  func `a taken segment name is passed over`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let one = try place.openStore(options)
    try one.save(small, for: .sample(1))
    try one.flush()
    let sameChance = Fate()
    let other = try place.openStore(.decided(by: sameChance))
    try other.save([2], for: .sample(2))
    try other.flush()
    #expect(try place.openStore(options).value(of: .sample(1)) == small)
    #expect(try place.openStore(options).value(of: .sample(2)) == [2])
  }

  @Test(arguments: StorageKind.allCases)
  func `a store that is let go has written everything`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    do {
      let store = try place.openStore(options)
      try store.save(small, for: .sample(1))
    }
    #expect(try place.openStore(options).value(of: .sample(1)) == small)
  }

  // MARK: Reading only

  @Test(arguments: StorageKind.allCases)
  func `a store for reading reads and keeps the rest to itself`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let writing = try place.openStore(options)
    try writing.save(small, for: .sample(1))
    try writing.save(large, for: .sample(2))
    try writing.close()
    var storage = try place.open()
    storage.isReadOnly = true
    let store = try ArtifactStore(storage: storage, options: options)
    let record = try #require(store.find(.sample(1)))
    #expect(store.isReadOnly)
    #expect(try store.load(record) == small)
    #expect(store.value(of: .sample(2)) == large)
    for attempt in [
      { _ = try store.save([1], for: .sample(3)) }, { try store.bind("name", to: record) },
    ] {
      #expect(throws: StoreFailure.self) { try attempt() }
    }
    let run = store.makeRunID()
    try store.beginRun(run, pipeline: "p")
    try store.invalidate(.sample(1), reason: "unreadable")
    try store.flush()
    try store.close()
    #expect(store.find(.sample(1)) == nil)
    #expect(store.run(run)?.pipeline == "p")
    #expect(try place.openStore(options).value(of: .sample(1)) == small)
    #expect(try place.open().logs.list().count == 1)
  }
}
