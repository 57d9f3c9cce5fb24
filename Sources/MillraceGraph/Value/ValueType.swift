package import MillraceCoding

/// What the engine must know of a type to hold, encode and destroy its values without knowing it.
public final class ValueType: Sendable {
  /// The type as it is written in the source.
  public let name: String
  /// The type itself, to be compared.
  package let identifier: ObjectIdentifier
  /// Nil where the type cannot be encoded: then a node of it cannot be stored, and what consumes it
  /// has no key.
  public let codec: Codec?
  /// Whether destroying a value does nothing.
  package let isTrivial: Bool
  /// Whether there is one value only, so that it needs no encoding to be known elsewhere.
  package let isVoid: Bool
  /// Whether it is a number, a truth value or a text, whose encoding reads nothing but the value.
  package let isScalar: Bool
  /// Whether it is an `Int`, encoded as one: the most frequent of constants.
  package let isInteger: Bool
  // What the codec has too: a copy of it would count the references of all that is in it.
  private let encodeValue: Codec.Encode?
  private let decodeInPlace: Codec.DecodeInPlace?
  private let destroyValue: @Sendable (UnsafeMutableRawPointer) -> Void
  private let copyValue: @Sendable (UnsafeRawPointer, UnsafeMutableRawPointer) -> Void

  init<Value: Sendable>(_ type: Value.Type, name: String, codec: Codec?) {
    self.name = name
    self.identifier = ObjectIdentifier(type)
    self.codec = codec
    self.encodeValue = codec?.encode
    self.decodeInPlace = codec?.decodeInPlace
    self.isTrivial = Cell.isTrivial(Value.self)
    self.isVoid = Value.self == Void.self
    self.isScalar =
      type is any FixedWidthInteger.Type || type is any BinaryFloatingPoint.Type
      || type == Bool.self || type == String.self
    self.isInteger = type == Int.self && codec?.id == "cbor/1"
    self.destroyValue = { Cell.destroy($0, as: Value.self) }
    self.copyValue = { Cell.initialize($1, to: Cell.read($0, as: Value.self)) }
  }

  /// Ends the life of the cell's value.
  @inline(__always)
  package func destroy(_ cell: UnsafeMutableRawPointer) {
    if !isTrivial { destroyValue(cell) }
  }

  /// Copies a value into an uninitialised cell.
  package func copy(_ source: UnsafeRawPointer, to cell: UnsafeMutableRawPointer) {
    copyValue(source, cell)
  }

  /// Calls `body` with the artifact bytes of a cell's value; nil codec gives nil.
  package func withEncoded<Result>(
    _ cell: UnsafeRawPointer, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result? {
    guard let encodeValue else { return nil }
    var result: Result?
    try encodeValue(cell) { result = try body($0) }
    return result
  }

  /// The digest of a cell's encoded value; nil if it has no codec.
  package func digest(of cell: UnsafeRawPointer) throws -> Digest? {
    // As the codec does it, without its closures and an array for each.
    if isInteger { return CBOR.digest(of: Cell.read(cell, as: Int.self)) }
    if let digest = codec?.digest { return digest(cell) }
    return try withEncoded(cell) { Digest.sha256($0) }
  }

  /// Puts the value of some artifact bytes into an uninitialised cell.
  ///
  /// - Throws: The decoder's error; the cell is then still uninitialised.
  package func decode(_ bytes: [UInt8], into cell: UnsafeMutableRawPointer) throws {
    guard let decode = codec?.decode else {
      throw PipelineError(
        .internalFault, "A value of type '\(name)' was to be read, and it has no decoder.")
    }
    try decode(bytes, cell)
  }

  /// The same from bytes that are somebody else's, and copied only for decoders that want an array.
  package func decode(
    _ bytes: UnsafeRawBufferPointer, into cell: UnsafeMutableRawPointer
  ) throws {
    guard let decodeInPlace else { return try decode(Array(bytes), into: cell) }
    try decodeInPlace(bytes, cell)
  }
}

extension ValueType {
  /// A type whose values can be encoded and decoded.
  public static func coded<Value: Codable & Sendable>(
    _ type: Value.Type, name: String? = nil
  ) -> ValueType {
    let codec: Codec =
      if type == String.self {
        .text
      } else if type == [UInt8].self {
        .bytes
      } else if let own = type as? any ArtifactValue.Type {
        .own(own)
      } else if let bytes = type as? any (CBORByteConvertible & Sendable).Type {
        .bytes(of: bytes)
      } else {
        .cbor(type)
      }
    return ValueType(type, name: name ?? "\(type)", codec: codec)
  }

  /// A type with its own artifact format.
  @_disfavoredOverload
  public static func coded<Value: ArtifactValue>(
    _ type: Value.Type, name: String? = nil
  ) -> ValueType {
    ValueType(type, name: name ?? "\(type)", codec: .own(type))
  }

  /// A type that is only ever passed on in memory.
  public static func uncoded<Value: Sendable>(
    _ type: Value.Type, name: String? = nil
  ) -> ValueType {
    ValueType(type, name: name ?? "\(type)", codec: nil)
  }

  /// A parameter's type: its constants are encoded for keys and never decoded.
  package static func keyed<Value: Encodable & Sendable>(_ type: Value.Type, name: String)
    -> ValueType
  {
    ValueType(type, name: name, codec: .cbor(encoding: type))
  }
}
