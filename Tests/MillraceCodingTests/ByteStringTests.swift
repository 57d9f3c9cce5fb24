import MillraceCoding
import Testing

@Suite struct ByteStringTests {
  @Test(arguments: [0, 1, 23, 24, 255, 256, 65_535, 65_536, 100_000])
  func `a byte string that is hashed where it is has the digest of its encoding`(count: Int) {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var writer = CBORWriter()
    writer.append(bytes: bytes)
    #expect(bytes.withUnsafeBytes { CBOR.digest(ofByteString: $0) } == .sha256(writer.bytes))
  }
}
