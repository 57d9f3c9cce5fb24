import MillraceCoding
import Testing

@testable import MillraceCLI

struct ArtifactTextTests {
  @Test func `CBOR becomes JSON`() throws {
    let text = try ArtifactText(try CBOR.encode(["a": [1, 2]]), codec: "cbor/1")
    #expect(String(decoding: text.bytes, as: UTF8.self) == "{\n  \"a\": [1, 2]\n}\n")
    #expect(text.isText)
  }

  @Test func `damaged CBOR is an error`() {
    #expect(throws: CodingFailure.self) { try ArtifactText([0x82, 1], codec: "cbor/1") }
  }

  @Test(arguments: [
    ("text/1", Array("a\u{1b}[1m".utf8), true), ("bytes/1", [0xff], false),
    ("bytes/1", [0x61, 0], false), ("bytes/1", [0x1b, 0x5b], false),
    ("bytes/1", Array("<p>Zürich\n".utf8), true), ("png/1", [0x89, 0x50], false),
    ("svg/1", Array("<svg/>".utf8), true), ("bytes/1", [], true),
  ])
  func `all else stays, and counts as text if a terminal can show it`(
    codec: String, bytes: [UInt8], isText: Bool
  ) throws {
    let text = try ArtifactText(bytes, codec: codec)
    #expect(text.bytes == bytes)
    #expect(text.isText == isText)
  }
}
