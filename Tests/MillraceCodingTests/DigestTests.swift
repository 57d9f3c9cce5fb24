import Foundation
import MillraceCoding
import Testing

@Suite struct DigestTests {
  private static let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

  @Test func `hexadecimal text goes in and out, in either case`() throws {
    let digest = try #require(Digest(hex: Self.abc))
    #expect(digest.hex == Self.abc)
    #expect(digest.description == Self.abc)
    #expect(Digest(hex: Self.abc.uppercased()) == digest)
    #expect(digest == .sha256(Array("abc".utf8)))
  }

  @Test(arguments: ["", "ba", String(repeating: "g", count: 64), abc + "0", "é" + abc.dropFirst(2)])
  func `text that is not 64 digits is no digest`(text: String) {
    #expect(Digest(hex: text) == nil)
  }

  @Test(arguments: [0, 31, 33, 64])
  func `a digest has exactly 32 bytes`(count: Int) {
    #expect(Digest(bytes: [UInt8](repeating: 1, count: count)) == nil)
  }

  @Test func `digests compare as their bytes do`() throws {
    // One byte at a time, so that every word and every byte of a word decides once.
    for place in 0..<32 {
      var low = [UInt8](repeating: 7, count: 32)
      var high = low
      high[place] = 200
      for later in (place + 1)..<max(32, place + 1) { low[later] = 255 }
      let (first, second) = (try #require(Digest(bytes: low)), try #require(Digest(bytes: high)))
      #expect(first < second)
      #expect(!(second < first))
      #expect(first != second)
      #expect(Digest(bytes: low) == first)
    }
  }

  @Test func `the bytes are those that were given`() throws {
    let content = (0..<32).map { UInt8($0) }
    let digest = try #require(Digest(bytes: content))
    #expect(digest.withUnsafeBytes { Array($0) } == content)
    #expect(Set([digest, Digest(bytes: content)]).count == 1)
  }

  @Test func `JSON has the text, CBOR the bytes`() throws {
    let digest = try #require(Digest(hex: Self.abc))
    let json = try JSONEncoder().encode([digest])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(Self.abc)\"]")
    #expect(try JSONDecoder().decode([Digest].self, from: json) == [digest])
    #expect(hex(try CBOR.encode([digest])) == "815820" + Self.abc)
    #expect(try CBOR.decode([Digest].self, from: CBOR.encode([digest])) == [digest])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Digest].self, from: Data("[\"ab\"]".utf8))
    }
  }
}
