import MillraceCoding
import Testing

@Suite struct CBORItemTests {
  @Test(arguments: Vector.all)
  func `every example of RFC 8949 is read as what it means`(example: Vector) throws {
    #expect(try CBORItem(decoding: bytes(example.hex)) == example.item)
  }

  @Test(arguments: Vector.all)
  func `every example in deterministic form is written back`(example: Vector) throws {
    let written = hex(try example.item.encoded())
    if example.isDeterministic {
      #expect(written == example.hex)
    } else {
      #expect(written != example.hex)
      #expect(hex(try CBORItem(decoding: bytes(written)).encoded()) == written)
    }
  }

  @Test(arguments: [
    // Reserved additional information, and majors that have no indefinite length.
    "1c", "1d", "1e", "3c", "5c", "7c", "9c", "bc", "dc", "fc", "fd", "fe", "1f", "3f", "df",
    // A break where none may be; simple values in two bytes that fit one.
    "ff", "81ff", "8200ff", "a1ff", "a100ff", "bf00ff", "bf0001ff01", "c0ff", "f800", "f818",
    "f81f",
    // Chunks of the wrong kind, or indefinite themselves.
    "5f00ff", "5f6161ff", "7f4161ff", "5f5f4100ffff", "7f7f6161ffff", "5fc141ffff",
    // Ends too early.
    "", "18", "19", "1900", "1a000000", "1b00000000000000", "41", "61", "5affffffff00",
    "7bffffffffffffffff", "81", "8201", "9f", "9f01", "a1", "a101", "bf", "bf01", "c1", "5f", "7f",
    "5f41", "9bffffffffffffffff", "bbffffffffffffffff", "9b7fffffffffffffff00", "f8", "f9", "f900",
    "fa000000", "fb00000000000000",
    // Bytes too many.
    "0000", "f6f6", "8000", "4000",
    // Text that is not UTF-8: a lone continuation, an overlong form, a surrogate, a cut character.
    "6180", "62c080", "63eda080", "61c3", "64f8888080", "7f61c361bcff",
    // One key twice, in one form or in two.
    "a201010102", "a2616101616102", "bf616101616102ff", "a20101180102", "a2f97e0001fa7fc0000002",
  ])
  func `malformed bytes are an error`(text: String) {
    #expect(throws: CodingFailure.self) { try CBORItem(decoding: bytes(text)) }
  }

  @Test func `errors say what is wrong and where`() {
    func failure(_ text: String) -> CodingFailure? {
      #expect(throws: CodingFailure.self) { try CBORItem(decoding: bytes(text)) }
    }
    #expect(failure("820141")?.code == .truncated)
    #expect(failure("82011c")?.code == .malformed)
    #expect(failure("82011c")?.offset == 2)
    #expect(failure("a201010102")?.code == .duplicateKey)
    #expect(failure("a201010102")?.offset == 3)
    #expect(failure("6180")?.code == .invalidText)
    #expect(failure("0000")?.code == .trailingBytes)
    #expect(failure("0000")?.offset == 1)
  }

  @Test(arguments: [0x81, 0x9f, 0xc1, 0xd8, 0x5f, 0xa1, 0xbf] as [UInt8])
  func `deep nests are refused`(head: UInt8) {
    let deep = [UInt8](repeating: head, count: 1_000_000)
    #expect(throws: CodingFailure.self) { try CBORItem(decoding: deep) }
  }

  @Test func `a nest as deep as the coder makes is read`() throws {
    let levels = 2 * CBOR.maximumDepth
    let deep = [UInt8](repeating: 0x81, count: levels) + [0]
    #expect(try CBORItem(decoding: deep).encoded() == deep)
  }

  @Test(arguments: [
    ("00", "0"), ("3bffffffffffffffff", "-18446744073709551616"), ("f97e00", "\"NaN\""),
    ("f97c00", "\"Infinity\""), ("f9fc00", "\"-Infinity\""), ("f98000", "-0.0"),
    ("fb7e37e43c8800759c", "1e+300"), ("f6", "null"), ("f7", "null"), ("f5", "true"),
    ("420aff", #"{"bytes":2,"hex":"0aff"}"#), ("62225c", #""\"\\""#),
    ("6401090a1f", #""\u0001\t\n\u001f""#), ("63e6b0b4", "\"水\""),
    ("c249010000000000000000", "18446744073709551616"),
    ("c349010000000000000000", "-18446744073709551617"), ("c24101", "1"), ("c340", "-1"),
    ("c25010000000000000000000000000000000", "\"0x10000000000000000000000000000000\""),
    ("c074323031332d30332d32315432303a30343a30305a", "\"2013-03-21T20:04:00Z\""),
    ("d9010283010203", "[1,2,3]"), ("da4d520003f6", "null"),
    ("d863820102", #"{"tag":99,"value":[1,2]}"#),
    ("d9d9f701", "1"), ("a20102616103", #"{"1":2,"a":3}"#), ("a1820102f4", #"{"[1,2]":false}"#),
    ("e0", #"{"simple":0}"#), ("da4d5200014101", #"{"digest":"01"}"#),
    ("da4d5200024101", #"{"key":"01"}"#),
  ])
  func `items are readable JSON`(encoded: String, json: String) throws {
    #expect(try CBORItem(decoding: bytes(encoded)).json() == json)
  }

  @Test(arguments: [
    ("d8404301ff02", "[1,255,2]"), ("d8444101", "[1]"), ("d84144000100ff", "[1,255]"),
    ("d842440000000f", "[15]"), ("d84348000000000000000f", "[15]"), ("d8454401000001", "[1,256]"),
    ("d84644ffffffff", "[4294967295]"), ("d84748ffffffffffffffff", "[18446744073709551615]"),
    ("d8484301ff80", "[1,-1,-128]"), ("d84942ff80", "[-128]"), ("d84d42feff", "[-2]"),
    ("d84e44feffffff", "[-2]"), ("d84f480000000000000080", "[-9223372036854775808]"),
    ("d84a44fffffffe", "[-2]"), ("d84b48fffffffffffffffe", "[-2]"), ("d850423e00", "[1.5]"),
    ("d85142bf80", #"{"tag":81,"value":{"bytes":2,"hex":"bf80"}}"#), ("d85144bf800000", "[-1.0]"),
    ("d852483ff8000000000000", "[1.5]"), ("d85442003e", "[1.5]"), ("d85544000080bf", "[-1.0]"),
    ("d85648000000000000f83f", "[1.5]"), ("d85640", "[]"),
    ("d8464100", #"{"tag":70,"value":{"bytes":1,"hex":"00"}}"#),
    ("d84c4100", #"{"tag":76,"value":{"bytes":1,"hex":"00"}}"#),
  ])
  func `typed arrays are arrays of their numbers`(encoded: String, json: String) throws {
    #expect(try CBORItem(decoding: bytes(encoded)).json() == json)
  }

  @Test func `long byte strings are base 64`() throws {
    func json(_ count: Int) -> String {
      CBORItem.bytes((0..<count).map { UInt8($0) }).json()
    }
    #expect(json(64).hasPrefix(#"{"bytes":64,"hex":"000102"#))
    #expect(
      json(65).hasSuffix(
        #""base64":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0A="}"#
      ))
    #expect(json(66).hasSuffix(#"P0BB"}"#))
    #expect(json(67).hasSuffix(#"P0BBQg=="}"#))
  }

  @Test func `pretty JSON indents what nests and keeps plain arrays together`() throws {
    let value: [String: [[Int?]]] = ["numbers": [[1, nil, 3], []], "none": []]
    #expect(
      try CBORItem(decoding: CBOR.encode(value)).json(pretty: true) == """
        {
          "none": [],
          "numbers": [
            [1, null, 3],
            []
          ]
        }
        """)
  }
}
