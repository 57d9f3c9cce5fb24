import Foundation
import MillraceCoding
import MillraceStore
import Testing

/// What only files can do, or do wrong.
@Suite struct DiskStorageTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `an object is a read-only file named by its digest`() throws {
    let storage = try Storage.disk(at: folder.path)
    let digest = try storage.blobs.put([1, 2, 3])
    #expect(!folder.files().contains { $0.hasPrefix("objects/\(digest.hex.prefix(2))") })
    #expect(try storage.blobs.list().isEmpty, "not visible before it is published")
    try storage.blobs.publish(durably: true)
    let name = "objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
    #expect(folder.files().filter { $0.hasPrefix("objects") } == [name])
    let mode = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
    #expect(mode[.posixPermissions] as? Int == 0o444)
    #expect(try folder.read(name) == [1, 2, 3])
  }

  @Test func `a temporary file that was left over is no object`() throws {
    let storage = try Storage.disk(at: folder.path)
    try folder.write([1, 2], to: "objects/tmp/left-1")
    #expect(try storage.blobs.list().isEmpty)
    let digest = try storage.blobs.put([1, 2])
    try storage.blobs.publish(durably: true)
    #expect(try storage.blobs.list() == [digest])
  }

  @Test func `unpublished blobs leave nothing behind`() throws {
    do {
      let storage = try Storage.disk(at: folder.path)
      _ = try storage.blobs.put([1, 2])
      #expect(folder.files().contains { $0.hasPrefix("objects/tmp/") })
    }
    #expect(!folder.files().contains { $0.hasPrefix("objects/") })
  }

  @Test func `many unpublished blobs hold few files open`() throws {
    let storage = try Storage.disk(at: folder.path)
    for number in 0..<200 { _ = try storage.blobs.put([UInt8(number), 0]) }
    #expect(folder.files().filter { $0.hasPrefix("objects/tmp/") }.count < 64)
    try storage.blobs.publish(durably: false)
    #expect(try storage.blobs.list().count == 200)
  }

  @Test func `a segment of a dead writer is not being written`() throws {
    let logs = try Storage.disk(at: folder.path).logs
    do {
      let segment = try logs.create("one")
      try segment.append([1])
      #expect(logs.isBeingWritten("one"))
    }
    #expect(!logs.isBeingWritten("one"))
    #expect(try !logs.read("one", from: 0, limit: 9).isSealed)
  }

  @Test func `errors name the file and the system's reason`() throws {
    let storage = try Storage.disk(at: folder.path)
    try FileManager.default.removeItem(atPath: "\(folder.path)/log")
    let failure = try #require(throws: StoreFailure.self) { try storage.logs.create("one") }
    #expect(failure.code == .unwritable)
    #expect(failure.path == "\(folder.path)/log/one.log")
    #expect((failure.cause as? SystemCallError)?.number == ENOENT)
    #expect("\(failure)".contains("open: No such file or directory"))
  }
}
