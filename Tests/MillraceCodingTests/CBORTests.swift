import Foundation
import MillraceCoding
import Testing

@Suite struct CBORTests {
  /// Encodes, checks the form, and decodes.
  private func roundTrip<T: Codable>(_ value: T) throws -> T {
    let encoded = try CBOR.encode(value)
    #expect(try CBORItem(decoding: encoded).encoded() == encoded, "not deterministic")
    return try CBOR.decode(T.self, from: encoded)
  }

  @Test func `a value of everything comes back`() throws {
    let value = Everything()
    #expect(try roundTrip(value) == value)
    #expect(try roundTrip([value, value]) == [value, value])
    #expect(try roundTrip(["k": value]) == ["k": value])
  }

  @Test func `what cannot be told apart in JSON can here`() throws {
    let encodings = [
      try CBOR.encode(1), try CBOR.encode("1"), try CBOR.encode(1.0), try CBOR.encode(true),
      try CBOR.encode([1]), try CBOR.encode(["1"]), try CBOR.encode([1.0]),
      try CBOR.encode([1.0 as Float]), try CBOR.encode([1 as Int32]), try CBOR.encode([true]),
      try CBOR.encode([1: 1]), try CBOR.encode(["1": 1]), try CBOR.encode(Set([1])),
      try CBOR.encode(0.0), try CBOR.encode(-0.0), try CBOR.encode(0), try CBOR.encode(""),
      try CBOR.encode([Int]()), try CBOR.encode([String]()), try CBOR.encode([Double]()),
      try CBOR.encode(Data()), try CBOR.encode(Int?.none), try CBOR.encode([String: Int]()),
    ]
    #expect(Set(encodings).count == encodings.count)
  }

  @Test(arguments: [Int.min, -257, -256, -25, -24, -1, 0, 23, 24, 255, 256, 65535, 65536, .max])
  func `integers come back`(value: Int) throws {
    #expect(try roundTrip(value) == value)
    #expect(try roundTrip(Int64(value)) == Int64(value))
    #expect(try roundTrip(UInt64(bitPattern: Int64(value))) == UInt64(bitPattern: Int64(value)))
    #expect(try roundTrip(Int32(truncatingIfNeeded: value)) == Int32(truncatingIfNeeded: value))
    #expect(try roundTrip([value, value]) == [value, value])
  }

  private static let bignums: [(Int128, String)] = [
    (18_446_744_073_709_551_615, "1bffffffffffffffff"),
    (18_446_744_073_709_551_616, "c249010000000000000000"),
    (-18_446_744_073_709_551_616, "3bffffffffffffffff"),
    (-18_446_744_073_709_551_617, "c349010000000000000000"),
    (.max, "c2507fffffffffffffffffffffffffffffff"),
    (.min, "c3507fffffffffffffffffffffffffffffff"),
  ]

  @Test(arguments: bignums)
  func `integers beyond 64 bits are bignums`(value: Int128, encoded: String) throws {
    #expect(hex(try CBOR.encode(value)) == encoded)
    #expect(try roundTrip(value) == value)
    #expect(try roundTrip([value, 0]) == [value, 0])
    #expect(try roundTrip(["k": value]) == ["k": value])
  }

  @Test func `the largest unsigned integer comes back`() throws {
    #expect(try roundTrip(UInt128.max) == .max)
    #expect(throws: DecodingError.self) {
      try CBOR.decode(Int128.self, from: CBOR.encode(UInt128.max))
    }
    #expect(throws: DecodingError.self) {
      try CBOR.decode(UInt128.self, from: CBOR.encode(Int128.min))
    }
    #expect(throws: DecodingError.self) { try CBOR.decode(Int8.self, from: CBOR.encode(128)) }
    #expect(throws: DecodingError.self) { try CBOR.decode(UInt.self, from: CBOR.encode(-1)) }
  }

  @Test func `every half-precision float is short and comes back`() throws {
    for pattern in UInt16.min...UInt16.max {
      let encoded = [0xf9, UInt8(pattern >> 8), UInt8(pattern & 0xff)]
      let isNaN = pattern & 0x7c00 == 0x7c00 && pattern & 0x3ff != 0
      if isNaN && pattern != 0x7e00 {
        #expect(throws: CodingFailure.self) { try CBOR.decode(Double.self, from: encoded) }
        continue
      }
      let value = try CBOR.decode(Double.self, from: encoded)
      #expect(try CBOR.encode(value) == encoded)
      #expect(try CBOR.encode(Float(value)) == encoded)
      let wide = Float(value).bitPattern
      let single = [0xfa] + withUnsafeBytes(of: wide.bigEndian) { Array($0) }
      #expect(throws: CodingFailure.self) { try CBOR.decode(Double.self, from: single) }
    }
  }

  @Test func `floats of any bits come back in the shortest form`() throws {
    var random = SplitMix64(seed: 64)
    for _ in 0..<5000 {
      let double = Double(bitPattern: random.next())
      let single = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
      let nearHalf = Float(bitPattern: UInt32(random.next() >> 32) & 0xffff_e000 | 1 << 12)
      for value in [double, Double(single), Double(nearHalf)] where !value.isNaN {
        #expect(try roundTrip(value).bitPattern == value.bitPattern)
      }
    }
  }

  @Test func `a number decodes as another type of number if it is the same number`() throws {
    #expect(try CBOR.decode(Double.self, from: CBOR.encode(3)) == 3)
    #expect(try CBOR.decode(Float.self, from: CBOR.encode(0.5)) == 0.5)
    #expect(
      try CBOR.decode([Double].self, from: bytes("8401f93e00fb3ff199999999999a20")) == [
        1, 1.5, 1.1, -1,
      ])
    #expect(try CBOR.decode([Int].self, from: bytes("820120")) == [1, -1])
    #expect(try CBOR.decode([UInt8].self, from: bytes("820102")) == [1, 2])
    #expect(throws: DecodingError.self) { try CBOR.decode(Float.self, from: CBOR.encode(0.1)) }
    #expect(throws: DecodingError.self) { try CBOR.decode(Int.self, from: CBOR.encode(1.0)) }
    #expect(throws: DecodingError.self) {
      try CBOR.decode(Double.self, from: CBOR.encode(Int.max))
    }
  }

  @Test func `nested optionals stay apart`() throws {
    let values: [Int???] = [nil, .some(nil), .some(.some(nil)), 1]
    #expect(try roundTrip(values) == values)
    #expect(hex(try CBOR.encode(values)) == "84f6da4d520003f6da4d520003da4d520003f601")
    let wrapped: [Maybe?] = [nil, Maybe(nil), Maybe(2)]
    #expect(try roundTrip(wrapped) == wrapped)
    #expect(try roundTrip(["a": Int??.some(nil), "b": nil]) == ["a": .some(nil), "b": nil])
  }

  @Test func `class hierarchies come back, by super encoder and by shared container`() throws {
    let dog = try roundTrip(Dog(name: "Rex", tricks: ["sit"]))
    #expect(dog.name == "Rex" && dog.legs == 4 && dog.tricks == ["sit"])
    let cat = try roundTrip([Cat(name: "Tom", lives: 9)])[0]
    #expect(cat.name == "Tom" && cat.legs == 4 && cat.lives == 9)
    #expect(
      hex(try CBOR.encode(Cat(name: "Tom", lives: 9)))
        == "a3646c65677304646e616d6563546f6d656c6976657309")
  }

  @Test func `nested containers may be written in any order`() throws {
    let value = Interleaved(first: 7, inner: [1, 2, 3], deep: "x", last: "y")
    #expect(try roundTrip(value) == value)
    #expect(
      hex(try CBOR.encode(value))
        == "a4636d6170a264646565706178646c69737482f6d84f5818"
        + "010000000000000002000000000000000300000000000000"
        + "646c617374617965666972737407" + "65696e6e657283010203")
  }

  @Test func `sets and dictionaries have one order, whatever their keys`() throws {
    #expect(hex(try CBOR.encode(Set(["b", "aa", "a"]))) == "d9010283616161626261" + "61")
    #expect(hex(try CBOR.encode(Set([-1, 24, 3]))) == "d90102830318" + "1820")
    #expect(hex(try CBOR.encode([10: "x", -1: "y", 100: "z"])) == "a30a61781864617a206179")
    #expect(
      hex(try CBOR.encode([Point(x: 1, y: 0): 1, Point(x: 0, y: 5): 2]))
        == "a2a26178006179" + "0502" + "a2617801617900" + "01")
    #expect(
      hex(try CBOR.encode([Suit.spades: 1, .hearts: 2])) == "a26668656172747302667370616465"
        + "7301")
    for count in [23, 24, 255, 256, 1000] {
      let set = Set(0..<count)
      #expect(try roundTrip(set) == set)
      let map = Dictionary(uniqueKeysWithValues: set.map { ("\($0)", $0) })
      #expect(try roundTrip(map) == map)
    }
  }

  @Test func `types of Foundation come back at any depth`() throws {
    let datas: [String: [Data]?] = ["a": [Data([1]), Data()], "b": nil]
    #expect(try roundTrip(datas) == datas)
    #expect(hex(try CBOR.encode([Data([1, 2])])) == "81420102")
    let dates = [Date(timeIntervalSinceReferenceDate: 0.5), .distantFuture]
    #expect(try roundTrip(dates) == dates)
    #expect(try roundTrip(Set(dates)) == Set(dates))
    let decimals = [Decimal(1), Decimal(string: "0.1") ?? 0, .greatestFiniteMagnitude]
    #expect(try roundTrip(decimals) == decimals)
    let uuids = [UUID(): URL(string: "file:///tmp/x")]
    #expect(try roundTrip(uuids) == uuids)
  }

  @Test func `a type without properties and a Never have an encoding`() throws {
    struct Empty: Codable, Equatable {}
    #expect(hex(try CBOR.encode(Empty())) == "a0")
    #expect(try roundTrip([Empty(), Empty()]) == [Empty(), Empty()])
    #expect(hex(try CBOR.encode([Never]())) == "80")
    #expect(hex(try CBOR.encode(Shape.none)) == "a1646e6f6e65a0")
  }

  @Test func `user info reaches both directions`() throws {
    struct Informed: Codable {
      var seen: String
      init() { seen = "" }
      init(from decoder: any Decoder) throws {
        seen = decoder.userInfo.values.first as? String ?? "nothing"
      }
      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(encoder.userInfo.values.first as? String ?? "nothing")
      }
    }
    let key = try #require(CodingUserInfoKey(rawValue: "k"))
    #expect(try CBOR.encode(Informed(), userInfo: [key: "in"]) == CBOR.encode("in"))
    let decoded = try CBOR.decode(Informed.self, from: CBOR.encode("x"), userInfo: [key: "out"])
    #expect(decoded.seen == "out")
  }

  @Test func `nothing is kept alive once coding is over`() throws {
    final class Witness: Sendable {}
    let key = try #require(CodingUserInfoKey(rawValue: "witness"))
    weak var seen: Witness?
    try {
      let witness = Witness()
      seen = witness
      let values = [Everything(), Everything()]
      let encoded = try CBOR.encode(values, userInfo: [key: witness])
      _ = try CBOR.decode([Everything].self, from: encoded, userInfo: [key: witness])
      let dog = try CBOR.encode([Dog(name: "Rex", tricks: [])], userInfo: [key: witness])
      _ = try CBOR.decode([Dog].self, from: dog, userInfo: [key: witness])
      let numbers = try CBOR.encode(Lines(values: [1, 2]), userInfo: [key: witness])
      _ = try CBOR.decode(Lines.self, from: numbers, userInfo: [key: witness])
      #expect(throws: (any Error).self) {
        try CBOR.decode(
          [Everything].self, from: Array(encoded.dropLast()), userInfo: [key: witness])
      }
    }()
    #expect(seen == nil)
  }

  /// Reads a typed array element by element, through values of its own.
  private struct Lines: Codable {
    struct Line: Codable {
      var value: Int
      init(from decoder: any Decoder) throws {
        value = try decoder.singleValueContainer().decode(Int.self)
      }
    }

    var values: [Int]

    init(values: [Int]) {
      self.values = values
    }

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      values = []
      while !container.isAtEnd { values.append(try container.decode(Line.self).value) }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      try container.encode(values)
    }
  }

  @Test(
    arguments: [0, 23, 24, 255, 256, 65_535, 65_536, 4_294_967_295, 4_294_967_296, Int.max]
      .flatMap { [$0, -$0, ~$0] })
  func `an integer's digest is that of its encoding`(integer: Int) throws {
    #expect(CBOR.digest(of: integer) == .sha256(try CBOR.encode(integer)))
  }
}
