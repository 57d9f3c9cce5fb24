import MillraceCoding
import Testing

/// Whatever the bytes are, the answer is a value or an error.
@Suite struct AdversarialTests {
  private static let encodings: [[UInt8]] = {
    var parts = KeyParts()
    parts["a"] = .list([.integer(1), .text("x"), .digest(.sha256([]))])
    parts["bb"] = .key(Key(.sha256([1])))
    let values = [try? CBOR.encode(Everything()), try? CBOR.encode([Everything(), Everything()])]
    return values.compactMap(\.self) + [parts.encoded()]
      + Vector.all.map { bytes($0.hex) }
  }()

  /// Reads bytes in every way there is.
  private func readEverywhere(_ bytes: [UInt8]) {
    if let item = try? CBORItem(decoding: bytes) {
      _ = item.json(pretty: true)
      // What is read can be written, and is then read as the same.
      let encoded = try? item.encoded()
      #expect(encoded != nil)
      if let encoded { #expect((try? CBORItem(decoding: encoded))?.json() != nil) }
    }
    if let parts = try? KeyParts(decoding: bytes) {
      #expect(parts.encoded() == bytes)
    }
    _ = try? CBOR.decode(Everything.self, from: bytes)
    _ = try? CBOR.decode([Everything].self, from: bytes)
    _ = try? CBOR.decode([String: [Double?]].self, from: bytes)
    _ = try? CBOR.decode(Set<Shape>.self, from: bytes)
    _ = try? CBOR.decode([[Float]].self, from: bytes)
    _ = try? CBOR.decode(Int128??.self, from: bytes)
    _ = try? CBOR.decode(Interleaved.self, from: bytes)
    _ = try? CBOR.decode(Cat.self, from: bytes)
  }

  @Test func `the samples are there`() {
    #expect(Self.encodings.count == 3 + Vector.all.count)
  }

  @Test func `an encoding cut anywhere is an error`() throws {
    let whole = try CBOR.encode(Everything())
    for length in whole.indices {
      let cut = Array(whole[..<length])
      #expect(throws: CodingFailure.self) { try CBOR.decode(Everything.self, from: cut) }
      #expect(throws: CodingFailure.self) { try CBORItem(decoding: cut) }
    }
    #expect(throws: CodingFailure.self) { try CBOR.decode(Everything.self, from: whole + [0]) }
  }

  @Test(arguments: 0..<8)
  func `damaged encodings are values or errors`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let interesting: [UInt8] = [
      0, 0x17, 0x18, 0x1b, 0x1f, 0x40, 0x5b, 0x60, 0x7b, 0x80, 0x81, 0x9b, 0x9f, 0xa0, 0xa1, 0xbb,
      0xbf, 0xc2, 0xd8, 0xda, 0xf6, 0xf9, 0xfb, 0xff,
    ]
    for round in 0..<1500 {
      var bytes = Self.encodings[
        round % 10 == 0 ? Int.random(in: 3..<Self.encodings.count, using: &random) : round % 3]
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let place = Int.random(in: bytes.indices, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes[place] = interesting.randomElement(using: &random) ?? 0
        case 3: bytes.remove(at: place)
        case 4: bytes.insert(interesting.randomElement(using: &random) ?? 0, at: place)
        case 5: bytes.removeSubrange(place..<min(bytes.count, place + 20))
        default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 20)], at: place)
        }
      }
      readEverywhere(bytes)
    }
  }

  @Test func `random bytes are values or errors`() {
    var random = SplitMix64(seed: 99)
    for _ in 0..<3000 {
      let count = Int.random(in: 0...40, using: &random)
      readEverywhere((0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }
  }

  @Test(arguments: [
    "9bffffffffffffffff", "9a7fffffff", "bbffffffffffffffff", "ba3fffffff", "5bffffffffffffffff",
    "7bffffffffffffffff", "d8565bffffffffffffffff", "d8565a7ffffff8", "d901029bffffffffffffffff",
    "9b00000000ffffffff" + "f6f6", "bb00000000ffffffff" + "6161f6",
  ])
  func `a huge declared length is an error at once`(text: String) {
    let content = bytes(text)
    func refuses<T: Decodable>(_ type: T.Type) {
      #expect(throws: (any Error).self) { try CBOR.decode(type, from: content) }
    }
    refuses([Int].self)
    refuses([Double].self)
    refuses([String].self)
    refuses([Everything].self)
    refuses([Int?].self)
    refuses([String: Int].self)
    refuses(Set<String>.self)
    refuses(String.self)
    refuses(Point.self)
    #expect(throws: CodingFailure.self) { try CBORItem(decoding: content) }
  }

  /// A type that nests as deep as the data says.
  private final class Link: Codable {
    var next: Link?
    init(next: Link?) { self.next = next }
  }

  @Test func `a value that nests too deep is refused in both directions`() throws {
    func chain(_ count: Int) -> Link {
      (1..<count).reduce(Link(next: nil)) { link, _ in Link(next: link) }
    }
    let most = CBOR.maximumDepth
    let encoded = try CBOR.encode(chain(most))
    _ = try CBOR.decode(Link.self, from: encoded)
    #expect(try CBORItem(decoding: encoded).encoded() == encoded)
    let failure = #expect(throws: CodingFailure.self) { try CBOR.encode(chain(most + 1)) }
    #expect(failure?.code == .tooDeep)
    #expect(failure?.codingPath.count == most - 1)
    let deep = bytes("a1646e657874") + encoded
    let other = #expect(throws: CodingFailure.self) { try CBOR.decode(Link.self, from: deep) }
    #expect(other?.code == .tooDeep)
  }
}
