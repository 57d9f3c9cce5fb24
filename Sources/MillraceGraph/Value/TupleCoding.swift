import MillraceCoding

/// A tuple's elements, which can be encoded one behind the other although the tuple conforms to nothing.
struct TupleCoding<each Element: Codable & Sendable>: Codable {
  let elements: (repeat each Element)

  init(_ elements: repeat each Element) { self.elements = (repeat each elements) }

  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    var count = 0
    for _ in repeat (each Element).self { count += 1 }
    // Asked first: the compiler crashes where elements that were read have to be destroyed.
    guard container.count == count else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "The tuple has \(count) elements.")
    }
    elements = (repeat try container.decode((each Element).self))
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.unkeyedContainer()
    repeat try container.encode(each elements)
  }
}

extension Codec {
  /// Canonical CBOR: an array of the elements.
  ///
  /// - Parameter join: Nil where values are only ever encoded.
  static func tuple<Value: Sendable, each Element: Codable & Sendable>(
    _ type: Value.Type, _ elements: repeat (each Element).Type,
    split: @escaping @Sendable (Value) -> (repeat each Element),
    join: (@Sendable (repeat each Element) -> Value)?
  ) -> Codec {
    var decode: Decode?
    if let join {
      decode = { (bytes: [UInt8], cell: UnsafeMutableRawPointer) in
        let coding = try CBOR.decode(TupleCoding<repeat each Element>.self, from: bytes)
        Cell.initialize(cell, to: join(repeat each coding.elements))
      }
    }
    return Codec(
      id: "cbor/1",
      encode: { cell, body in
        let elements = split(Cell.read(cell, as: Value.self))
        try CBOR.encode(TupleCoding(repeat each elements)).withUnsafeBytes(body)
      },
      decode: decode)
  }
}

extension ValueType {
  /// A tuple type whose elements can be encoded.
  static func tuple<Value: Sendable, each Element: Codable & Sendable>(
    _ type: Value.Type, name: String, _ elements: repeat (each Element).Type,
    split: @escaping @Sendable (Value) -> (repeat each Element),
    join: (@Sendable (repeat each Element) -> Value)? = nil
  ) -> ValueType {
    ValueType(
      type, name: name, codec: .tuple(type, repeat each elements, split: split, join: join))
  }
}
