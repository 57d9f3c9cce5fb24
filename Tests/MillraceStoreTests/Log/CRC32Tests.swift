import Testing

@testable import MillraceStore

@Suite struct CRC32Tests {
  @Test(
    arguments: [
      ("", 0), ("a", 0xe8b7_be43), ("123456789", 0xcbf4_3926),
      ("The quick brown fox jumps over the lazy dog", 0x414f_a339),
    ] as [(String, UInt32)])
  func `checksums are those of zlib`(text: String, checksum: UInt32) {
    #expect(Array(text.utf8).withUnsafeBytes { CRC32.checksum($0) } == checksum)
  }

  /// Whatever instructions there are, for all that their blocks may meet: lengths, places, states.
  @Test func `every processor gives the same`() {
    let bytes = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 31 ^ $0 >> 3) }
    for start in [0, 1, 7, 16] {
      for count in 0...(600 - start) {
        bytes[start..<start + count].withUnsafeBytes { content in
          var (fast, portable) = (CRC32(), CRC32())
          fast.update(content)
          portable.updatePortably(content)
          #expect(fast.value == portable.value, "\(count) bytes from \(start)")
          fast.update(content)
          portable.updatePortably(content)
          #expect(fast.value == portable.value, "twice \(count) bytes from \(start)")
        }
      }
    }
  }

  @Test(arguments: 0...70)
  func `any cut gives the checksum of the whole`(cut: Int) {
    let bytes = (0..<70).map { UInt8(truncatingIfNeeded: $0 * 7) }
    var crc = CRC32()
    bytes[..<cut].withUnsafeBytes { crc.update($0) }
    bytes[cut...].withUnsafeBytes { crc.update($0) }
    #expect(crc.value == bitwise(bytes))
  }

  /// The definition, bit by bit.
  private func bitwise(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
    }
    return ~crc
  }
}
