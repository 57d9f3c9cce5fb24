import MillraceCoding

/// How values of one type become artifact bytes and come back.
public struct Codec: Sendable {
  typealias Encode =
    @Sendable (UnsafeRawPointer, (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  typealias DecodeInPlace =
    @Sendable (UnsafeRawBufferPointer, UnsafeMutableRawPointer) throws -> Void
  typealias Decode = @Sendable ([UInt8], UnsafeMutableRawPointer) throws -> Void

  /// Name and version, for example `cbor/1`; part of the key of what it encodes.
  public let id: String
  let encode: Encode
  /// Nil where values are only ever encoded: constants, for keys.
  let decode: Decode?
  /// Set where a value can be read from bytes that are somebody else's.
  var decodeInPlace: DecodeInPlace?
  /// Set where an encoding need not be put together to be hashed.
  var digest: (@Sendable (UnsafeRawPointer) -> Digest)?

  /// Canonical CBOR.
  static func cbor<Value: Encodable & Sendable>(
    encoding type: Value.Type, decode: Decode? = nil
  ) -> Codec {
    var codec = Codec(
      id: "cbor/1",
      encode: { cell, body in
        try CBOR.encode(Cell.read(cell, as: Value.self)).withUnsafeBytes(body)
      },
      decode: decode)
    if let bytes = type as? any (CBORByteConvertible & Sendable).Type {
      codec.digest = digest(ofBytes: bytes)
    }
    return codec
  }

  /// How bytes that another module brought are hashed where they are, since they may be many.
  private static func digest<Value: CBORByteConvertible & Sendable>(
    ofBytes type: Value.Type
  ) -> @Sendable (UnsafeRawPointer) -> Digest {
    { cell in
      Cell.read(cell, as: Value.self).withUnsafeCBORBytes { CBOR.digest(ofByteString: $0) }
    }
  }

  static func cbor<Value: Codable & Sendable>(_ type: Value.Type) -> Codec {
    var codec = cbor(encoding: Value.self) { bytes, cell in
      Cell.initialize(cell, to: try CBOR.decode(Value.self, from: bytes))
    }
    codec.decodeInPlace = { bytes, cell in
      Cell.initialize(cell, to: try CBOR.decode(Value.self, from: bytes))
    }
    return codec
  }

  /// The value's own format.
  static func own<Value: ArtifactValue>(_ type: Value.Type) -> Codec {
    Codec(
      id: Value.artifactCodec,
      encode: { cell, body in
        try Cell.read(cell, as: Value.self).encodeArtifact().withUnsafeBytes(body)
      },
      decode: { bytes, cell in
        Cell.initialize(cell, to: try Value(decodingArtifact: bytes))
      })
  }

  /// UTF-8 text, so that an artifact is the file a person expects.
  static let text: Codec = Codec(
    id: "text/1",
    encode: { cell, body in
      var text = Cell.read(cell, as: String.self)
      try text.withUTF8 { try body(UnsafeRawBufferPointer($0)) }
    },
    decode: { bytes, cell in
      guard let text = String(validating: bytes, as: UTF8.self) else { throw NotText() }
      Cell.initialize(cell, to: text)
    })

  /// A byte array as it is.
  static let bytes: Codec = Codec(
    id: "bytes/1",
    encode: { cell, body in try Cell.read(cell, as: [UInt8].self).withUnsafeBytes(body) },
    decode: { bytes, cell in Cell.initialize(cell, to: bytes) })

  /// A type of bytes that another module brought, such as Foundation's `Data`.
  static func bytes<Value: CBORByteConvertible & Sendable>(of type: Value.Type) -> Codec {
    Codec(
      id: "bytes/1",
      encode: { cell, body in
        try Cell.read(cell, as: Value.self).withUnsafeCBORBytes(body)
      },
      decode: { bytes, cell in
        Cell.initialize(cell, to: try bytes.withUnsafeBytes { try Value(cborBytes: $0) })
      })
  }

  private struct NotText: Error {}
}
