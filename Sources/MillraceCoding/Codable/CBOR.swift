/// Deterministic CBOR for `Codable` values.
///
/// Equal values have equal bytes, in every process and on every platform, and values of different
/// kinds have different bytes: `1`, `"1"` and `1.0` never meet. The rules are:
///
/// 1. The form is that of RFC 8949 §4.2.1: shortest heads, definite lengths, maps sorted by the bytes
///    of their encoded keys.
/// 2. Integers are CBOR integers; `Int128` and `UInt128` beyond 64 bits are bignums (tags 2 and 3) of
///    the fewest bytes.
/// 3. Floats take the shortest of 16, 32 and 64 bits that keeps the value. Every NaN is `f97e00`;
///    -0.0 is not 0.0. A `Float` and a `Double` of one value have the same bytes.
/// 4. Texts are UTF-8 as it is, not normalised.
/// 5. A keyed container is a map with text keys. A key that is set twice is an error.
/// 6. A `Dictionary` with any type of key is a map from encoded keys to encoded values.
/// 7. A `Set` is tag 258 and an array, sorted by the bytes of the encoded elements.
/// 8. `nil` is null. A value that is there but would be read as absent, such as `.some(nil)`, gets
///    the tag 0x4d520003, once for each optional around it. A `nil` property is left out by the
///    conformances that Swift writes.
/// 9. `Array` and `ContiguousArray` of integers up to 64 bits and of floats are typed arrays of RFC
///    8746, little-endian on every machine: `Int8` 72, `Int16` 77, `Int32` 78, `Int64` and `Int` 79,
///    `UInt16` 69, `UInt32` 70, `UInt64` and `UInt` 71, `Float16` 84, `Float` 85, `Double` 86. NaNs
///    become the quiet NaN with no sign and no payload; other bits stay. `[UInt8]` is a plain byte
///    string. Other arrays, of `Bool` and of optionals too, are ordinary.
/// 10. A ``CBORByteConvertible`` type is a byte string. ``Digest`` and ``Key`` are.
/// 11. Every other type does as its own `encode(to:)` says. One that writes nothing is an empty map.
///
/// An `encode(to:)` written by hand must pass sets, dictionaries and arrays to a container. If it
/// calls their own `encode(to:)` instead, rules 6, 7 and 9 never see them, and the order is that of
/// the process.
///
/// Decoding accepts nothing but these forms, so that equal bytes and equal values stay the same
/// thing, with two exceptions that make data from elsewhere readable: a number decodes as a floating
/// type, and an ordinary array of numbers as a numeric one, if no value changes. What a type does not
/// ask for is checked for its structure only. ``CBORItem`` reads any well-formed CBOR.
///
/// Malformed bytes, bytes in another form and too deep nests give ``CodingFailure``; a missing key, a
/// mismatch of types and a number out of range give Swift's `DecodingError`, with the
/// ``CodingFailure`` underlying where there is one.
public enum CBOR {
  /// How deep values may nest in what is read and what is written.
  ///
  /// A level takes up to 2 KiB of stack in a release build, and threads may have as little as 512.
  public static var maximumDepth: Int { 192 }

  /// Encodes a value.
  ///
  /// - Throws: ``CodingFailure`` if the value nests too deep or if a type misuses its containers, and
  ///   whatever an `encode(to:)` throws.
  public static func encode<T: Encodable>(
    _ value: T, userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> [UInt8] {
    if let simple = encodeSimple(value) { return simple }
    let output = EncodingOutput(userInfo: userInfo)
    let encoder = ValueEncoder(output: output, depth: 0, parent: nil, key: nil)
    defer { encoder.release() }
    try encoder.writeOutermost(value)
    return output.writer.bytes
  }

  /// The encoding of a value that needs no encoder, or `nil`.
  @inline(__always)
  private static func encodeSimple<T>(_ value: T) -> [UInt8]? {
    var writer = CBORWriter()
    if T.self == Int.self {
      writer.append(integer: unsafeBitCast(value, to: Int.self))
    } else if T.self == String.self {
      writer.append(text: unsafeBitCast(value, to: String.self))
    } else if T.self == Double.self {
      writer.append(double: unsafeBitCast(value, to: Double.self))
    } else if T.self == Bool.self {
      writer.append(bool: unsafeBitCast(value, to: Bool.self))
    } else if T.self == [Double].self {
      unsafeBitCast(value, to: [Double].self).withUnsafeBufferPointer {
        writer.append(numbers: $0)
      }
    } else if T.self == [Int].self {
      unsafeBitCast(value, to: [Int].self).withUnsafeBufferPointer { writer.append(numbers: $0) }
    } else {
      return nil
    }
    return writer.bytes
  }

  /// Decodes a value from the bytes of one item.
  ///
  /// - Throws: ``CodingFailure`` or `DecodingError`, as ``CBOR`` says, and whatever an `init(from:)`
  ///   throws.
  public static func decode<T: Decodable>(
    _ type: T.Type, from bytes: [UInt8], userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> T {
    try bytes.withUnsafeBytes { try decode(type, from: $0, userInfo: userInfo) }
  }

  /// Decodes a value from the bytes of one item, which are read in place.
  ///
  /// - Throws: As the function that takes an array does.
  public static func decode<T: Decodable>(
    _ type: T.Type, from bytes: UnsafeRawBufferPointer,
    userInfo: [CodingUserInfoKey: any Sendable] = [:]
  ) throws -> T {
    if isSimple(type), let simple = try decodeSimple(type, from: bytes) { return simple }
    let source = DecodingSource(bytes, userInfo: userInfo)
    let decoder = ValueDecoder(source: source, depth: 0, parent: nil, key: nil)
    defer {
      decoder.release()
      source.invalidate()
    }
    var cursor = source.cursor(at: 0)
    let value = try decoder.readOutermost(type, &cursor)
    try cursor.finish()
    return value
  }

  @inline(__always)
  private static func isSimple<T>(_ type: T.Type) -> Bool {
    type == Int.self || type == String.self || type == Double.self || type == Bool.self
  }

  /// A value that needs no decoder; `nil` if it does, or if the bytes are not such a value.
  @inline(__always)
  private static func decodeSimple<T>(
    _ type: T.Type, from bytes: UnsafeRawBufferPointer
  ) throws -> T? {
    var cursor = CBORCursor(bytes)
    let value: T?
    if T.self == Int.self {
      value = (try? cursor.integer(as: Int.self)).map { unsafeBitCast($0, to: T.self) }
    } else if T.self == String.self {
      value = (try? cursor.text()).map { unsafeBitCast($0, to: T.self) }
    } else if T.self == Double.self {
      value = (try? cursor.number()).map { unsafeBitCast($0, to: T.self) }
    } else if T.self == Bool.self {
      value = (try? cursor.bool()).map { unsafeBitCast($0, to: T.self) }
    } else {
      return nil
    }
    if value != nil { try cursor.finish() }
    return value
  }
}
