import MillraceCoding
import Testing

@testable import MillraceStore

/// Blobs that are hashed while they are put, with the threads that help.
@Suite struct LargeBlobTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private static func bytes(_ number: Int, size: Int) -> [UInt8] {
    (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8 &+ number) }
  }

  /// A storage that has help with blobs of any size.
  private func open(_ kind: StorageKind) throws -> Storage {
    switch kind {
    case .memory: .memory()
    case .disk:
      try .disk(
        at: "\(folder.path)/store", on: SystemDisk(), helpers: .threads(minimum: 1))
    }
  }

  @Test(arguments: StorageKind.allCases, [0, 1, 70_000, 3 << 20])
  func `a blob comes back under the digest of its bytes`(kind: StorageKind, size: Int) throws {
    let blobs = try kind.makePlace(in: folder).open().blobs
    let bytes = Self.bytes(1, size: size)
    for syncing in [true, false, true] {
      let digest = try blobs.put(hashing: bytes, syncing: syncing)
      #expect(digest == Digest.sha256(bytes))
      #expect(try blobs.get(digest) == bytes)
      try blobs.publish(durably: syncing)
      #expect(try blobs.get(digest) == bytes)
      #expect(try blobs.list() == [digest])
      #expect(try blobs.leftovers() == StoreTally())
    }
  }

  @Test(arguments: StorageKind.allCases)
  func `a digest is asked once whether to replace, and then bytes are replaced`(
    kind: StorageKind
  ) throws {
    let blobs = try open(kind).blobs
    let bytes = Self.bytes(1, size: 100)
    try [UInt8](repeating: 9, count: 100).withUnsafeBytes {
      try blobs.put($0, as: .sha256(bytes), replacing: false)
    }
    try blobs.publish(durably: true)
    var asked: [Digest] = []
    _ = try bytes.withUnsafeBytes { bytes in
      try blobs.put(hashing: bytes, syncing: true) { digest in
        asked.append(digest)
        return true
      }
    }
    #expect(asked == [.sha256(bytes)])
    try blobs.publish(durably: true)
    #expect(try blobs.get(.sha256(bytes)) == bytes)
  }

  @Test(arguments: StorageKind.allCases)
  func `many threads put, publish and delete, and what was put last is there`(
    kind: StorageKind
  ) async throws {
    let blobs = try open(kind).blobs
    for round in 0..<10 {
      let kept = try await withThrowingTaskGroup(of: Digest.self) { group in
        for number in 0..<24 {
          group.addTask {
            let bytes = Self.bytes(round &+ number % 12, size: 1000 * (number % 12) + 1)
            let digest = try blobs.put(hashing: bytes, syncing: number % 3 > 0)
            if number % 7 == 0 { try blobs.delete(digest) }
            if number % 5 == 0 { try blobs.publish(durably: number % 2 == 0) }
            return try blobs.put(hashing: bytes, syncing: true)
          }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      for number in 0..<12 {
        _ = try blobs.put(
          hashing: Self.bytes(round &+ number, size: 1000 * number + 1), syncing: true)
      }
      try blobs.publish(durably: true)
      #expect(kept.count == 12)
      for digest in kept { #expect(try blobs.get(digest).map { .sha256($0) } == digest) }
    }
    #expect(try blobs.leftovers() == StoreTally())
  }

  @Test func `a storage that is let go of leaves nothing unpublished behind`() throws {
    for number in 0..<20 {
      _ = try open(.disk).blobs.put(
        hashing: Self.bytes(number, size: 100_000), syncing: number % 2 == 0)
    }
    let blobs = try open(.disk).blobs
    #expect(try blobs.leftovers() == StoreTally() && blobs.list().isEmpty)
  }
}

extension BlobStorage {
  fileprivate func put(hashing bytes: [UInt8], syncing: Bool) throws -> Digest {
    try bytes.withUnsafeBytes { try put(hashing: $0, syncing: syncing) { _ in false } }
  }
}
