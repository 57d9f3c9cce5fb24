import Foundation
import Testing

@testable import MillraceStore

@Suite struct StoreFolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  @Test func `a new store has a format file and folders`() throws {
    let storage = try Storage.disk(at: "\(folder.path)/deep/er")
    #expect(!storage.isReadOnly)
    #expect(storage.warnings.isEmpty)
    #expect(folder.files() == ["deep/er/format"])
    #expect(
      String(decoding: try folder.read("deep/er/format"), as: UTF8.self)
        == "millrace-store 1\ncheck 5b0104bc\n")
    for name in ["log", "objects"] {
      #expect(FileManager.default.fileExists(atPath: "\(folder.path)/deep/er/\(name)"))
    }
  }

  @Test(arguments: [2, 17])
  func `a newer format is refused with a sentence`(version: Int) throws {
    try folder.write(Array("millrace-store \(version)\n".utf8), to: "format")
    let failure = try #require(throws: StoreFailure.self) { try Storage.disk(at: folder.path) }
    #expect(failure.code == .newerFormat)
    #expect(failure.message.contains("format \(version)"))
  }

  @Test func `a newer format with its own check is refused`() throws {
    try folder.write(FormatFile.content(version: 3), to: "format")
    let failure = #expect(throws: StoreFailure.self) { try Storage.disk(at: folder.path) }
    #expect(failure?.code == .newerFormat)
  }

  @Test func `the first line alone is enough`() throws {
    try folder.write(Array("millrace-store 1\n".utf8), to: "format")
    #expect(try Storage.disk(at: folder.path).warnings.isEmpty)
  }

  @Test(arguments: [0x01, 0x02, 0x04, 0x80, 0xff] as [UInt8])
  func `a damaged format file is a warning`(flip: UInt8) throws {
    _ = try Storage.disk(at: folder.path)
    let content = try folder.read("format")
    for position in content.indices {
      var damaged = content
      damaged[position] ^= flip
      try folder.write(damaged, to: "format")
      #expect(try Storage.disk(at: folder.path).warnings.map(\.code) == [.damagedFormat])
    }
  }

  @Test func `a truncated format file is a warning or complete in its first line`() throws {
    _ = try Storage.disk(at: folder.path)
    let content = try folder.read("format")
    for count in content.indices {
      try folder.write(Array(content.prefix(count)), to: "format")
      let codes = try Storage.disk(at: folder.path).warnings.map(\.code)
      #expect(codes == (count == 17 ? [] : [.damagedFormat]))
    }
  }

  @Test func `a missing format file is a warning and is made again`() throws {
    _ = try Storage.disk(at: folder.path).logs.create("one")
    try folder.remove("format")
    #expect(try Storage.disk(at: folder.path).warnings.map(\.code) == [.damagedFormat])
    #expect(try Storage.disk(at: folder.path).warnings.isEmpty)
  }

  @Test func `a folder that another process is making into a store is taken as new`() throws {
    _ = try Storage.disk(at: folder.path)
    try folder.remove("format")
    #expect(try Storage.disk(at: folder.path).warnings.isEmpty)
    #expect(folder.files() == ["format"])
  }

  @Test func `a folder of something else is refused`() throws {
    try folder.write([1], to: "thesis.txt")
    let failure = #expect(throws: StoreFailure.self) { try Storage.disk(at: folder.path) }
    #expect(failure?.code == .notAStore)
    #expect(folder.files() == ["thesis.txt"])
  }

  @Test func `a path below a file is an error`() throws {
    try folder.write([1], to: "thesis.txt")
    #expect(throws: StoreFailure.self) { try Storage.disk(at: "\(folder.path)/thesis.txt/store") }
    #expect(throws: StoreFailure.self) { try Storage.disk(at: "\(folder.path)/thesis.txt") }
  }

  @Test func `reading where there is no store is an error and makes none`() throws {
    let path = "\(folder.path)/none"
    let failure = #expect(throws: StoreFailure.self) {
      try Storage.disk(at: path, readOnly: true)
    }
    #expect(failure?.code == .notAStore)
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func `opening for reading changes nothing`() throws {
    _ = try Storage.disk(at: folder.path)
    try FileManager.default.removeItem(atPath: "\(folder.path)/objects")
    #expect(try Storage.disk(at: folder.path, readOnly: true).isReadOnly)
    #expect(!FileManager.default.fileExists(atPath: "\(folder.path)/objects"))
  }

  // The superuser may write everywhere, so that only other users can try this.
  @Test(.enabled(if: geteuid() != 0))
  func `a folder that cannot be written to is opened for reading`() throws {
    _ = try Storage.disk(at: folder.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: folder.path)
    defer {
      try? FileManager.default.setAttributes(
        [.posixPermissions: 0o755], ofItemAtPath: folder.path)
    }
    #expect(try Storage.disk(at: folder.path).isReadOnly)
  }
}
