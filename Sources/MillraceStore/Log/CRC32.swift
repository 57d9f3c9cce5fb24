internal import CMillraceCRC

/// CRC-32 as zlib, gzip and PNG have it (ISO 3309; reflected polynomial 0xEDB88320).
///
/// It finds every change of a single byte, and every language has it at hand, so that a reader of
/// the log is a page in any of them. It guards against accidents only; values are checked by their
/// SHA-256 as well.
///
/// Where the processor has instructions for it they do the work. Others take sixteen bytes at once through
/// sixteen tables: M. Kounavis and F. Berry, "Systematic approach to building high performance
/// software-based CRC generators", doi:10.1109/ISCC.2005.18.
struct CRC32 {
  private var state: UInt32 = 0xffff_ffff

  var value: UInt32 { ~state }

  static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var crc = CRC32()
    crc.update(bytes)
    return crc.value
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let blocks = bytes.count >= 64 && millrace_crc32_is_supported() ? bytes.count & ~15 : 0
    if blocks > 0 { state = millrace_crc32_blocks(state, bytes.baseAddress, blocks) }
    updatePortably(UnsafeRawBufferPointer(rebasing: bytes[blocks...]))
  }

  /// The same on any processor.
  mutating func updatePortably(_ bytes: UnsafeRawBufferPointer) {
    guard var next = bytes.baseAddress else { return }
    let table = Self.tables.pointer
    let end = next + bytes.count
    var crc = state
    while end - next >= 16 {
      let first = Self.word(next, 0) ^ crc
      let second = Self.word(next, 4)
      let third = Self.word(next, 8)
      let fourth = Self.word(next, 12)
      crc =
        Self.fold(first, table + 12 * 256) ^ Self.fold(second, table + 8 * 256)
        ^ Self.fold(third, table + 4 * 256) ^ Self.fold(fourth, table)
      next += 16
    }
    while next < end {
      let byte = next.load(as: UInt8.self)
      crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8)
      next += 1
    }
    state = crc
  }

  @inline(__always)
  private static func word(_ bytes: UnsafeRawPointer, _ offset: Int) -> UInt32 {
    UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
  }

  /// Carries four bytes past those that follow them; `tables` are the four for their distance.
  @inline(__always)
  private static func fold(_ word: UInt32, _ tables: UnsafePointer<UInt32>) -> UInt32 {
    tables[3 * 256 + Int(word & 0xff)] ^ tables[2 * 256 + Int(word >> 8 & 0xff)]
      ^ tables[256 + Int(word >> 16 & 0xff)] ^ tables[Int(word >> 24)]
  }

  /// Sixteen tables of 256, made once and kept for the life of the process.
  private struct Tables: @unchecked Sendable {
    // Written before anybody else can see it, and only read from then on.
    let pointer: UnsafePointer<UInt32>

    init() {
      let tables = UnsafeMutablePointer<UInt32>.allocate(capacity: 16 * 256)
      for byte in 0..<256 {
        var crc = UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xedb8_8320 }
        tables[byte] = crc
      }
      for index in 256..<16 * 256 {
        let previous = tables[index - 256]
        tables[index] = tables[Int(previous & 0xff)] ^ previous >> 8
      }
      pointer = UnsafePointer(tables)
    }
  }
  private static let tables = Tables()
}
