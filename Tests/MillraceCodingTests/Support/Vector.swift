import MillraceCoding
import Testing

/// An example of RFC 8949, appendix A.
struct Vector: Sendable, CustomTestStringConvertible {
  var hex: String
  var item: CBORItem
  /// Whether it is written in the deterministic form.
  var isDeterministic: Bool

  init(_ hex: String, _ item: CBORItem, isDeterministic: Bool = true) {
    self.hex = hex
    self.item = item
    self.isDeterministic = isDeterministic
  }

  var testDescription: String { hex }

  private typealias Pair = CBORItem.Pair

  /// Every example but `f818`, which RFC 8949 §3.3 made malformed.
  static let all: [Vector] = [
    Vector("00", .unsigned(0)),
    Vector("01", .unsigned(1)),
    Vector("0a", .unsigned(10)),
    Vector("17", .unsigned(23)),
    Vector("1818", .unsigned(24)),
    Vector("1819", .unsigned(25)),
    Vector("1864", .unsigned(100)),
    Vector("1903e8", .unsigned(1000)),
    Vector("1a000f4240", .unsigned(1000000)),
    Vector("1b000000e8d4a51000", .unsigned(1000000000000)),
    Vector("1bffffffffffffffff", .unsigned(18446744073709551615)),
    Vector("c249010000000000000000", .tagged(2, .bytes([1, 0, 0, 0, 0, 0, 0, 0, 0]))),
    Vector("3bffffffffffffffff", .negative(18446744073709551615)),
    Vector("c349010000000000000000", .tagged(3, .bytes([1, 0, 0, 0, 0, 0, 0, 0, 0]))),
    Vector("20", .negative(0)),
    Vector("29", .negative(9)),
    Vector("3863", .negative(99)),
    Vector("3903e7", .negative(999)),
    Vector("f90000", .float(0.0)),
    Vector("f98000", .float(-0.0)),
    Vector("f93c00", .float(1.0)),
    Vector("fb3ff199999999999a", .float(1.1)),
    Vector("f93e00", .float(1.5)),
    Vector("f97bff", .float(65504.0)),
    Vector("fa47c35000", .float(100000.0)),
    Vector("fa7f7fffff", .float(3.4028234663852886e+38)),
    Vector("fb7e37e43c8800759c", .float(1e+300)),
    Vector("f90001", .float(5.960464477539063e-08)),
    Vector("f90400", .float(6.103515625e-05)),
    Vector("f9c400", .float(-4.0)),
    Vector("fbc010666666666666", .float(-4.1)),
    Vector("f97c00", .float(.infinity)),
    Vector("f97e00", .float(.nan)),
    Vector("f9fc00", .float(-.infinity)),
    Vector("fa7f800000", .float(.infinity), isDeterministic: false),
    Vector("fa7fc00000", .float(.nan), isDeterministic: false),
    Vector("faff800000", .float(-.infinity), isDeterministic: false),
    Vector("fb7ff0000000000000", .float(.infinity), isDeterministic: false),
    Vector("fb7ff8000000000000", .float(.nan), isDeterministic: false),
    Vector("fbfff0000000000000", .float(-.infinity), isDeterministic: false),
    Vector("f4", .bool(false)),
    Vector("f5", .bool(true)),
    Vector("f6", .null),
    Vector("f7", .undefined),
    Vector("f0", .simple(16)),
    Vector("f8ff", .simple(255)),
    Vector(
      "c074323031332d30332d32315432303a30343a30305a", .tagged(0, .text("2013-03-21T20:04:00Z"))),
    Vector("c11a514b67b0", .tagged(1, .unsigned(1363896240))),
    Vector("c1fb41d452d9ec200000", .tagged(1, .float(1363896240.5))),
    Vector("d74401020304", .tagged(23, .bytes([1, 2, 3, 4]))),
    Vector("d818456449455446", .tagged(24, .bytes([100, 73, 69, 84, 70]))),
    Vector(
      "d82076687474703a2f2f7777772e6578616d706c652e636f6d",
      .tagged(32, .text("http://www.example.com"))),
    Vector("40", .bytes([])),
    Vector("4401020304", .bytes([1, 2, 3, 4])),
    Vector("60", .text("")),
    Vector("6161", .text("a")),
    Vector("6449455446", .text("IETF")),
    Vector("62225c", .text("\"\\")),
    Vector("62c3bc", .text("ü")),
    Vector("63e6b0b4", .text("水")),
    Vector("64f0908591", .text("𐅑")),
    Vector("80", .array([])),
    Vector("83010203", .array([.unsigned(1), .unsigned(2), .unsigned(3)])),
    Vector(
      "8301820203820405",
      .array([
        .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
      ])),
    Vector(
      "98190102030405060708090a0b0c0d0e0f101112131415161718181819",
      .array((1...25).map { .unsigned($0) })),
    Vector("a0", .map([])),
    Vector(
      "a201020304",
      .map([
        Pair(key: .unsigned(1), value: .unsigned(2)), Pair(key: .unsigned(3), value: .unsigned(4)),
      ])),
    Vector(
      "a26161016162820203",
      .map([
        Pair(key: .text("a"), value: .unsigned(1)),
        Pair(key: .text("b"), value: .array([.unsigned(2), .unsigned(3)])),
      ])),
    Vector(
      "826161a161626163", .array([.text("a"), .map([Pair(key: .text("b"), value: .text("c"))])])),
    Vector(
      "a56161614161626142616361436164614461656145",
      .map([
        Pair(key: .text("a"), value: .text("A")), Pair(key: .text("b"), value: .text("B")),
        Pair(key: .text("c"), value: .text("C")), Pair(key: .text("d"), value: .text("D")),
        Pair(key: .text("e"), value: .text("E")),
      ])),
    Vector("5f42010243030405ff", .bytes([1, 2, 3, 4, 5]), isDeterministic: false),
    Vector("7f657374726561646d696e67ff", .text("streaming"), isDeterministic: false),
    Vector("9fff", .array([]), isDeterministic: false),
    Vector(
      "9f018202039f0405ffff",
      .array([
        .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
      ]), isDeterministic: false),
    Vector(
      "9f01820203820405ff",
      .array([
        .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
      ]), isDeterministic: false),
    Vector(
      "83018202039f0405ff",
      .array([
        .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
      ]), isDeterministic: false),
    Vector(
      "83019f0203ff820405",
      .array([
        .unsigned(1), .array([.unsigned(2), .unsigned(3)]), .array([.unsigned(4), .unsigned(5)]),
      ]), isDeterministic: false),
    Vector(
      "9f0102030405060708090a0b0c0d0e0f101112131415161718181819ff",
      .array((1...25).map { .unsigned($0) }), isDeterministic: false),
    Vector(
      "bf61610161629f0203ffff",
      .map([
        Pair(key: .text("a"), value: .unsigned(1)),
        Pair(key: .text("b"), value: .array([.unsigned(2), .unsigned(3)])),
      ]), isDeterministic: false),
    Vector(
      "826161bf61626163ff", .array([.text("a"), .map([Pair(key: .text("b"), value: .text("c"))])]),
      isDeterministic: false),
    Vector(
      "bf6346756ef563416d7421ff",
      .map([
        Pair(key: .text("Fun"), value: .bool(true)), Pair(key: .text("Amt"), value: .negative(1)),
      ]), isDeterministic: false),
  ]
}
