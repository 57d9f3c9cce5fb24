/// The encoding of a digest or key among the parts of a key, which always has the same length: lists of
/// parts are long, so it is put together at once.
struct DigestPart {
  /// The head of a tag, the tag in four bytes, the head of a byte string of 32 bytes in two, and those.
  static let byteCount = 7 + Digest.byteCount

  private let digest: Digest
  private let tag: UInt32

  init(_ digest: Digest, tag: UInt64) {
    self.digest = digest
    self.tag = UInt32(truncatingIfNeeded: tag)
  }

  /// Writes ``byteCount`` bytes.
  @inline(__always)
  func write(to target: UnsafeMutableRawPointer) {
    target.storeBytes(of: CBORMajorType.tag.rawValue << 5 | 26, as: UInt8.self)
    target.storeBytes(of: tag.bigEndian, toByteOffset: 1, as: UInt32.self)
    target.storeBytes(of: CBORMajorType.bytes.rawValue << 5 | 24, toByteOffset: 5, as: UInt8.self)
    target.storeBytes(of: UInt8(Digest.byteCount), toByteOffset: 6, as: UInt8.self)
    target.storeBytes(of: digest, toByteOffset: 7, as: Digest.self)
  }
}

extension CBORWriter {
  mutating func append(_ part: DigestPart) {
    withUnsafeTemporaryAllocation(byteCount: DigestPart.byteCount, alignment: 1) { buffer in
      guard let target = buffer.baseAddress else { return }
      part.write(to: target)
      bytes.append(contentsOf: UnsafeRawBufferPointer(buffer))
    }
  }
}
