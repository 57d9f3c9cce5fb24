extension CBOR {
  /// The digest of an encoded integer, without an array for its bytes.
  package static func digest(of integer: Int) -> Digest {
    let isNegative = integer < 0
    let argument = UInt64(bitPattern: Int64(isNegative ? ~integer : integer))
    let type = (isNegative ? CBORMajorType.negative : .unsigned).rawValue << 5
    // The first byte, then up to eight of the number: its last ones, as it is big-endian.
    return withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { buffer in
      buffer.storeBytes(of: argument.bigEndian, toByteOffset: 8, as: UInt64.self)
      let (information, count): (UInt8, Int) =
        switch argument {
        case ..<24: (UInt8(truncatingIfNeeded: argument), 0)
        case ...0xff: (24, 1)
        case ...0xffff: (25, 2)
        case ...0xffff_ffff: (26, 4)
        default: (27, 8)
        }
      buffer[16 - count - 1] = type | information
      return .sha256(UnsafeRawBufferPointer(rebasing: buffer[(16 - count - 1)...]))
    }
  }
}
