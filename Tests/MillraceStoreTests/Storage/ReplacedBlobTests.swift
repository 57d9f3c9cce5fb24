import Foundation
import MillraceCoding
import Testing

@testable import MillraceStore

@Suite struct ReplacedBlobTests {
  @Test func `a blob that replaces a damaged one is read before it is published`() throws {
    let folder = NSTemporaryDirectory() + "millrace-replaced-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let blobs = try Storage.disk(at: folder).blobs
    let bytes: [UInt8] = Array("good".utf8)
    let digest = Digest.sha256(bytes)
    try bytes.withUnsafeBytes { try blobs.put($0, as: digest, replacing: false) }
    try blobs.publish(durably: false)

    let file = "\(folder)/objects/\(digest.hex.prefix(2))/\(digest.hex.dropFirst(2))"
    try FileManager.default.removeItem(atPath: file)
    try Data("evil".utf8).write(to: URL(fileURLWithPath: file))
    #expect(try blobs.get(digest) == Array("evil".utf8))

    try bytes.withUnsafeBytes { try blobs.put($0, as: digest, replacing: true) }
    #expect(try blobs.get(digest) == bytes)
    try blobs.publish(durably: false)
    #expect(try blobs.get(digest) == bytes)
  }
}
