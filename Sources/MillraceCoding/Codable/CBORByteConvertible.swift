/// A type that ``CBOR`` writes as one byte string, whatever its `Codable` conformance does.
///
/// It is how byte containers of higher floors, such as Foundation's `Data`, are written without a
/// detour over their elements. The bytes must follow from the value alone.
public protocol CBORByteConvertible {
  /// Calls a function with the bytes of the value.
  func withUnsafeCBORBytes<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R

  /// Makes the value from its bytes, which are valid only during the call.
  ///
  /// - Throws: Any error if the bytes are not those of a value.
  init(cborBytes bytes: UnsafeRawBufferPointer) throws
}

extension Digest: CBORByteConvertible {
  public func withUnsafeCBORBytes<R>(
    _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    try withUnsafeBytes(body)
  }

  public init(cborBytes bytes: UnsafeRawBufferPointer) throws {
    guard let digest = Digest(bytes: bytes) else {
      throw CodingFailure(
        .malformed, "A digest has \(Digest.byteCount) bytes, but \(bytes.count) are there.")
    }
    self = digest
  }
}
