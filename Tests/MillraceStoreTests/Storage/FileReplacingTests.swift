import Foundation
import Testing

@testable import MillraceStore

@Suite struct FileReplacingTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "millrace-replacing-\(UUID().uuidString)"
    try FileSystem.makeFolders(folder)
  }

  private func write(_ text: String, to name: String) throws {
    try Array(text.utf8).withUnsafeBytes { try FileSystem.replace("\(folder)/\(name)", with: $0) }
  }

  @Test func `a file is created with the folders on the way, and replaced`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for text in ["one", "another"] {
      try write(text, to: "a/b/file")
      #expect(try String(contentsOfFile: "\(folder)/a/b/file", encoding: .utf8) == text)
    }
    #expect(try FileSystem.names(in: "\(folder)/a/b") == ["file"])
  }

  @Test func `a write that fails leaves nothing behind`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileSystem.makeFolder("\(folder)/taken")
    try write("x", to: "taken/inside")
    #expect(throws: SystemCallError.self) { try write("one", to: "taken") }
    #expect(try FileSystem.names(in: folder) == ["taken"])
  }

  @Test func `files, folders and links are told apart`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try write("one", to: "file")
    try FileSystem.makeFolder("\(folder)/folder")
    for (link, target) in [("toFile", "file"), ("toFolder", "folder"), ("toNothing", "none")] {
      try FileManager.default.createSymbolicLink(
        atPath: "\(folder)/\(link)", withDestinationPath: target)
    }
    #expect(try FileSystem.kind(of: "\(folder)/file") == .file)
    #expect(try FileSystem.kind(of: "\(folder)/folder") == .folder)
    #expect(try FileSystem.kind(of: "\(folder)/toFile") == .file)
    #expect(try FileSystem.kind(of: "\(folder)/toFolder") == .other)
    #expect(try FileSystem.kind(of: "\(folder)/toNothing") == .other)
    #expect(throws: SystemCallError.self) { try FileSystem.kind(of: "\(folder)/none") }
  }
}
