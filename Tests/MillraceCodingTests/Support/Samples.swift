public import Foundation
public import MillraceCoding

extension Data: CBORByteConvertible {
  public func withUnsafeCBORBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    try withUnsafeBytes(body)
  }

  public init(cborBytes bytes: UnsafeRawBufferPointer) throws {
    self.init(bytes)
  }
}

struct Point: Codable, Hashable, Sendable {
  var x: Int
  var y: Int
}

enum Shape: Codable, Hashable, Sendable {
  case none
  case circle(radius: Double)
  case polygon([Point], closed: Bool)
  indirect case pair(Shape, Shape)
}

enum Suit: String, Codable, Hashable, Sendable {
  case hearts, spades
}

class Animal: Codable {
  var name: String
  var legs: Int

  init(name: String, legs: Int) {
    self.name = name
    self.legs = legs
  }
}

/// Encodes its superclass through a super encoder.
final class Dog: Animal {
  var tricks: [String]

  init(name: String, tricks: [String]) {
    self.tricks = tricks
    super.init(name: name, legs: 4)
  }

  private enum CodingKeys: CodingKey { case tricks }

  required init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    tricks = try container.decode([String].self, forKey: .tricks)
    try super.init(from: container.superDecoder())
  }

  override func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try super.encode(to: container.superEncoder())
    try container.encode(tricks, forKey: .tricks)
  }
}

/// Shares one container with its superclass.
final class Cat: Animal {
  var lives: Int

  init(name: String, lives: Int) {
    self.lives = lives
    super.init(name: name, legs: 4)
  }

  private enum CodingKeys: CodingKey { case lives }

  required init(from decoder: any Decoder) throws {
    lives = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .lives)
    try super.init(from: decoder)
  }

  override func encode(to encoder: any Encoder) throws {
    try super.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(lives, forKey: .lives)
  }
}

/// Uses nested containers of each kind, in an order that interleaves parent and children.
struct Interleaved: Codable, Equatable {
  var first: Int
  var inner: [Int]
  var deep: String
  var last: String

  private enum Outer: CodingKey { case first, inner, map, last }
  private enum Inner: CodingKey { case deep, list }

  init(first: Int, inner: [Int], deep: String, last: String) {
    self.first = first
    self.inner = inner
    self.deep = deep
    self.last = last
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Outer.self)
    last = try container.decode(String.self, forKey: .last)
    var list = try container.nestedUnkeyedContainer(forKey: .inner)
    let map = try container.nestedContainer(keyedBy: Inner.self, forKey: .map)
    first = try container.decode(Int.self, forKey: .first)
    inner = []
    while !list.isAtEnd { inner.append(try list.decode(Int.self)) }
    deep = try map.decode(String.self, forKey: .deep)
    var nested = try map.nestedUnkeyedContainer(forKey: .list)
    guard try nested.decodeNil(), try nested.decode([Int].self) == inner, nested.isAtEnd else {
      throw DecodingError.dataCorruptedError(
        in: nested, debugDescription: "The nested list differs.")
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Outer.self)
    var map = container.nestedContainer(keyedBy: Inner.self, forKey: .map)
    try container.encode(last, forKey: .last)
    var list = container.nestedUnkeyedContainer(forKey: .inner)
    try container.encode(first, forKey: .first)
    var nested = map.nestedUnkeyedContainer(forKey: .list)
    for value in inner { try list.encode(value) }
    try map.encode(deep, forKey: .deep)
    try nested.encodeNil()
    try nested.encode(inner)
  }
}

/// A value of one optional, coded without a container of its own.
struct Maybe: Codable, Hashable {
  var value: Int?

  init(_ value: Int?) {
    self.value = value
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    value = container.decodeNil() ? nil : try container.decode(Int.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let value { try container.encode(value) } else { try container.encodeNil() }
  }
}

/// Something of everything.
struct Everything: Codable, Equatable {
  var flag = true
  var small: Int8 = -7
  var big: UInt64 = .max
  var huge: Int128 = .min
  var float: Float = 1.5
  var double = 0.1
  var text = "Grüße, 水"
  var missing: Int?
  var doubled: Int?? = .some(nil)
  var maybe: Maybe? = Maybe(nil)
  var data = Data([0, 1, 255])
  var parts: [Data?] = [Data(), nil, Data([9])]
  var doubles: [Double] = [0, -0.0, .infinity, 1e300]
  var matrix: [[Float]] = [[1, 2], [], [3]]
  var columns: [String: [Int]] = ["b": [1, 2], "a": [], "aa": [3]]
  var holes: [Double?] = [1, nil, 2.5]
  var rows: [Point] = [Point(x: 1, y: 2), Point(x: 3, y: 4)]
  var named: [Point: Suit] = [Point(x: 1, y: 1): .hearts, Point(x: 0, y: 9): .spades]
  var shapes: Set<Shape> = [.none, .circle(radius: 2), .pair(.none, .polygon([], closed: true))]
  var suits: [Suit: [String]] = [.hearts: ["x"], .spades: []]
  var digest = Digest.sha256([])
  var date = Date(timeIntervalSinceReferenceDate: 12345.678)
  var url = URL(string: "https://example.org/a?b=c")
  var uuid = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
  var decimal = Decimal(string: "-12345678901234567890.123")
  var interleaved = Interleaved(first: 1, inner: [3, 4], deep: "d", last: "l")
  var range = 1..<5
}
