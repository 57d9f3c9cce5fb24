import MillraceCoding
import Testing

@Suite struct KeyPartsTests {
  private static let digest = Digest.sha256(Array("abc".utf8))

  private static var sample: KeyParts {
    var parts = KeyParts()
    parts["task"] = .text("Reports.clean(_:)")
    parts["version"] = .integer(-2)
    parts["rows"] = .digest(digest)
    parts["upstream"] = .key(Key(digest))
    parts["code"] = .bytes([1, 2, 255])
    parts["list"] = .list([.integer(1), .text("1"), .list([])])
    return parts
  }

  @Test func `the encoding and the key are these forever`() {
    #expect(
      hex(Self.sample.encoded())
        == "a6"
        + "64636f6465" + "430102ff"
        + "646c697374" + "8301613180"
        + "64726f7773" + "da4d520001" + "5820" + Self.digest.hex
        + "647461736b" + "715265706f7274732e636c65616e285f3a29"
        + "6776657273696f6e" + "21"
        + "68757073747265616d" + "da4d520002" + "5820" + Self.digest.hex)
    #expect(
      Self.sample.key.description
        == "1b02d9942b132c188fdca9e24969a3309c4dd1ac5bc709f017a176475175ea77")
    #expect(hex(KeyParts().encoded()) == "a0")
  }

  @Test func `parts come back from their encoding`() throws {
    let decoded = try KeyParts(decoding: Self.sample.encoded())
    #expect(decoded == Self.sample)
    #expect(decoded.names == ["code", "list", "rows", "task", "version", "upstream"])
    #expect(decoded.key == Self.sample.key)
    #expect(try KeyParts(decoding: [0xa0]) == KeyParts())
  }

  @Test func `the order in which parts are set does not matter`() {
    let names = Self.sample.names
    var random = SplitMix64(seed: 1)
    for _ in 0..<50 {
      var parts = KeyParts()
      for name in names.shuffled(using: &random) { parts[name] = Self.sample[name] }
      #expect(parts == Self.sample)
      #expect(parts.encoded() == Self.sample.encoded())
    }
  }

  @Test func `a part can be replaced and removed`() {
    var parts = Self.sample
    parts["task"] = .text("other")
    #expect(parts["task"] == .text("other"))
    #expect(parts["task "] == nil)
    parts["task"] = nil
    parts["nothing"] = nil
    #expect(parts["task"] == nil)
    #expect(parts.names == ["code", "list", "rows", "version", "upstream"])
  }

  @Test func `values of different kinds never have one key`() {
    let digest = Self.digest
    let values: [KeyParts.Value] = [
      .integer(1), .text("1"), .bytes(Array("1".utf8)), .list([.integer(1)]), .list([.text("1")]),
      .digest(digest), .key(Key(digest)), .text(digest.hex),
      .bytes(digest.withUnsafeBytes { Array($0) }), .list([]), .text(""), .bytes([]),
      .text("\u{e9}"), .text("e\u{301}"),
    ]
    let keys = values.map { value in
      var parts = KeyParts()
      parts["input"] = value
      return parts.key
    }
    #expect(Set(keys).count == values.count)
    #expect(Set(values).count == values.count)
  }

  @Test func `names are told apart by their bytes`() {
    var parts = KeyParts()
    parts["\u{e9}"] = .integer(1)
    parts["e\u{301}"] = .integer(2)
    #expect(parts.names.count == 2)
    #expect(parts["\u{e9}"] == .integer(1))
  }

  @Test func `differences name what was added, removed and changed`() {
    var new = Self.sample
    new["version"] = .integer(3)
    new["code"] = nil
    new["environment"] = .text("CI")
    let differences = new.differences(from: Self.sample)
    #expect(
      differences == [
        KeyParts.Difference(name: "code", old: .bytes([1, 2, 255]), new: nil),
        KeyParts.Difference(name: "version", old: .integer(-2), new: .integer(3)),
        KeyParts.Difference(name: "environment", old: nil, new: .text("CI")),
      ])
    #expect(Self.sample.differences(from: Self.sample).isEmpty)
    #expect(KeyParts().differences(from: Self.sample).count == 6)
    #expect(Self.sample.differences(from: KeyParts()).allSatisfy { $0.old == nil })
  }

  @Test(arguments: [
    "", "80", "a1", "a101f6", "a16161f6", "a16161f4", "a16161f93c00", "a26162006161" + "00",
    "a261610061" + "6100", "a1616118" + "00", "a16161da4d520001" + "4101",
    "a16161da4d520003f6", "a16161c2" + "4101", "a000", "bf616100ff", "a161611b8000000000000000",
    "a161619bffffffffffffffff", "bbffffffffffffffff", "a161c300", "a16161a0",
  ])
  func `what is no canonical list of parts is refused`(text: String) {
    #expect(throws: CodingFailure.self) { try KeyParts(decoding: bytes(text)) }
  }

  @Test func `a nest of lists that is too deep is refused`() {
    let deep = bytes("a16161") + [UInt8](repeating: 0x81, count: 100_000) + [0]
    let failure = #expect(throws: CodingFailure.self) { try KeyParts(decoding: deep) }
    #expect(failure?.code == .tooDeep)
  }

  @Test func `keys are coded as digests are`() throws {
    let key = Self.sample.key
    #expect(try CBOR.encode(key) == CBOR.encode(key.digest))
    #expect(try CBOR.decode([Key].self, from: CBOR.encode([key])) == [key])
  }
}
