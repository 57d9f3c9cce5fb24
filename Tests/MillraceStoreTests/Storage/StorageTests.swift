import MillraceCoding
import MillraceStore
import Testing

/// What every kind of storage must do.
@Suite struct StorageTests {
  // Kept by the suite, so that it is there as long as the test.
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  // MARK: Blobs

  @Test(arguments: StorageKind.allCases, [0, 1, 100, 70_000])
  func `a blob comes back as it was put`(kind: StorageKind, size: Int) throws {
    let storage = try kind.makePlace(in: folder).open()
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let digest = try storage.blobs.put(bytes)
    #expect(try storage.blobs.get(digest) == bytes, "before it is published")
    try storage.blobs.publish(durably: true)
    #expect(try storage.blobs.get(digest) == bytes)
    #expect(try storage.blobs.size(of: digest) == size)
    #expect(try storage.blobs.contains(digest))
    #expect(try storage.blobs.list() == [digest])
  }

  @Test(arguments: StorageKind.allCases, [true, false])
  func `a published blob is seen by others`(kind: StorageKind, durably: Bool) throws {
    let place = kind.makePlace(in: folder)
    let (one, other) = (try place.open(), try place.open())
    let digest = try one.blobs.put([1, 2, 3])
    try one.blobs.publish(durably: durably)
    #expect(try other.blobs.get(digest) == [1, 2, 3])
  }

  @Test(arguments: StorageKind.allCases)
  func `a blob that is not there is nil`(kind: StorageKind) throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let digest = Digest.sha256([1])
    #expect(try blobs.get(digest) == nil)
    #expect(try blobs.read(digest, range: 0..<1) == nil)
    #expect(try blobs.size(of: digest) == nil)
    #expect(try !blobs.contains(digest))
    #expect(try blobs.list().isEmpty)
    try blobs.delete(digest)
  }

  @Test(
    arguments: StorageKind.allCases,
    [
      (0..<5, [0, 1, 2, 3, 4]), (1..<3, [1, 2]), (2..<2, []), (3..<99, [3, 4]), (50..<99, []),
    ] as [(Range<Int>, [UInt8])])
  func `a range is read as far as the blob goes`(
    kind: StorageKind, range: (asked: Range<Int>, bytes: [UInt8])
  ) throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let digest = try blobs.put([0, 1, 2, 3, 4])
    #expect(try blobs.read(digest, range: range.asked) == range.bytes)
    try blobs.publish(durably: false)
    #expect(try blobs.read(digest, range: range.asked) == range.bytes)
  }

  @Test(arguments: StorageKind.allCases)
  func `no call changes a blob that is there`(kind: StorageKind) throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let digest = try blobs.put([1, 2, 3])
    try blobs.publish(durably: true)
    _ = try blobs.put([1, 2, 3])
    for other in [[9, 9, 9], [9]] as [[UInt8]] {
      for replacing in [false, true] {
        let failure = #expect(throws: StoreFailure.self) {
          try other.withUnsafeBytes { try blobs.put($0, as: digest, replacing: replacing) }
        }
        #expect(failure?.code == .corrupt)
      }
    }
    try blobs.publish(durably: true)
    #expect(try blobs.get(digest) == [1, 2, 3])
    #expect(try blobs.list() == [digest])
  }

  @Test(arguments: StorageKind.allCases, [[9, 9, 9], [9], []] as [[UInt8]])
  func `wrong bytes are replaced by the right ones`(
    kind: StorageKind, wrong: [UInt8]
  ) throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let digest = Digest.sha256([1, 2, 3])
    try wrong.withUnsafeBytes { try blobs.put($0, as: digest, replacing: false) }
    try blobs.publish(durably: true)
    _ = try blobs.put([1, 2, 3])
    try blobs.publish(durably: true)
    #expect(try blobs.get(digest) == [1, 2, 3])
  }

  @Test(arguments: StorageKind.allCases)
  func `a deleted blob is gone`(kind: StorageKind) throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let published = try blobs.put([1])
    try blobs.publish(durably: true)
    try blobs.delete(published)
    #expect(try blobs.get(published) == nil)
    #expect(try blobs.list().isEmpty)
  }

  @Test(arguments: StorageKind.allCases)
  func `many blobs put at once from many threads are all there`(kind: StorageKind) async throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let digests = try await withThrowingTaskGroup(of: Digest.self) { group in
      for number in 0..<200 {
        group.addTask { try blobs.put([UInt8(number % 100), 1, 2]) }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    try blobs.publish(durably: false)
    #expect(try Set(blobs.list()) == digests)
    #expect(digests.count == 100)
    for digest in digests {
      #expect(try blobs.get(digest).map { Digest.sha256($0) } == digest)
    }
  }

  @Test(arguments: StorageKind.allCases)
  func `one blob may be put, published and deleted by several threads at once`(
    kind: StorageKind
  ) async throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    for round in 0..<40 as Range<UInt8> {
      let bytes: [UInt8] = [round, 1, 2]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for thread in 0..<8 {
          group.addTask {
            _ = try blobs.put(bytes)
            if thread == 0 { try blobs.delete(Digest.sha256(bytes)) }
            try blobs.publish(durably: true)
          }
        }
        try await group.waitForAll()
      }
      let kept = try blobs.put(bytes)
      try blobs.publish(durably: true)
      #expect(try blobs.get(kept) == bytes)
    }
  }

  // MARK: Segments

  @Test(arguments: StorageKind.allCases)
  func `what is appended is read from any place`(kind: StorageKind) throws {
    let logs = try kind.makePlace(in: folder).open().logs
    let segment = try logs.create("one")
    try segment.append([1, 2, 3])
    try segment.append([4, 5])
    try segment.sync()
    #expect(try logs.list() == ["one"])
    #expect(try logs.read("one", from: 0, limit: 99).bytes == [1, 2, 3, 4, 5])
    #expect(try logs.read("one", from: 2, limit: 2).bytes == [3, 4])
    #expect(try logs.read("one", from: 5, limit: 9).bytes == [])
    #expect(try logs.read("one", from: 70, limit: 9).bytes == [])
    #expect(try logs.read("one", from: 4, limit: 1).size == 5)
  }

  @Test(arguments: StorageKind.allCases)
  func `a name is given once`(kind: StorageKind) throws {
    let place = kind.makePlace(in: folder)
    let segment = try place.open().logs.create("one")
    let failure = #expect(throws: StoreFailure.self) { try place.open().logs.create("one") }
    #expect(failure?.code == .nameTaken)
    try segment.append([1])
    #expect(try place.open().logs.read("one", from: 0, limit: 9).bytes == [1])
  }

  @Test(arguments: StorageKind.allCases)
  func `a sealed segment says so and takes no more`(kind: StorageKind) throws {
    let logs = try kind.makePlace(in: folder).open().logs
    let segment = try logs.create("one")
    try segment.append([1])
    #expect(try !logs.read("one", from: 0, limit: 9).isSealed)
    #expect(logs.isBeingWritten("one"))
    try segment.seal()
    #expect(try logs.read("one", from: 0, limit: 9).isSealed)
    #expect(!logs.isBeingWritten("one"))
    #expect(throws: StoreFailure.self) { try segment.append([2]) }
    #expect(try logs.read("one", from: 0, limit: 9).bytes == [1])
  }

  @Test(arguments: StorageKind.allCases)
  func `a segment that is not there cannot be read`(kind: StorageKind) throws {
    let logs = try kind.makePlace(in: folder).open().logs
    let failure = #expect(throws: StoreFailure.self) { try logs.read("none", from: 0, limit: 1) }
    #expect(failure?.code == .unreadable)
    #expect(!logs.isBeingWritten("none"))
  }
}
