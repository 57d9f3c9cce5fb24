/// How a record stands in a segment: a head of twelve bytes, then its payload.
///
/// | bytes | little-endian |
/// | --- | --- |
/// | 0…3 | the payload's length |
/// | 4…7 | the payload's CRC-32 |
/// | 8…11 | the CRC-32 of the writer's 16 bytes, the head's offset in the segment (8), and bytes 0…7 |
///
/// The third number lets a reader trust a length before it follows it, and find the next record
/// behind damage: since writer and place are in it, bytes that merely look like a record, such as a
/// segment stored as an artifact, do not pass.
struct Frame {
  static let headSize = 12
  /// What a segment begins with: its kind and version in text, told from other files at a glance.
  static let magic = Array("millrace log 1\r\n".utf8)

  var length: Int
  var checksum: UInt32

  /// The CRC-32 of a writer, which every head's check continues.
  static func seed(for writer: WriterID) -> CRC32 {
    var seed = CRC32()
    writer.withUnsafeBytes { seed.update($0) }
    return seed
  }

  /// The frame at an offset of a segment, or `nil` if these are not the twelve bytes of one.
  @inline(__always)
  init?(_ head: UnsafeRawPointer, at offset: Int, seed: CRC32) {
    let length = UInt32(littleEndian: head.loadUnaligned(as: UInt32.self))
    let checksum = head.loadUnaligned(fromByteOffset: 4, as: UInt32.self)
    let check = head.loadUnaligned(fromByteOffset: 8, as: UInt32.self)
    self.length = Int(length)
    self.checksum = UInt32(littleEndian: checksum)
    guard UInt32(littleEndian: check) == self.check(at: offset, seed: seed) else { return nil }
  }

  /// The frame of a payload.
  init(of payload: UnsafeRawBufferPointer) {
    length = payload.count
    checksum = CRC32.checksum(payload)
  }

  func matches(_ payload: UnsafeRawBufferPointer) -> Bool {
    CRC32.checksum(payload) == checksum
  }

  func append(to buffer: inout [UInt8], at offset: Int, seed: CRC32) {
    let head = (
      UInt32(length).littleEndian, checksum.littleEndian,
      check(at: offset, seed: seed).littleEndian
    )
    withUnsafeBytes(of: head) { buffer.append(contentsOf: $0) }
  }

  /// Writes what can be written of the head before it is known where in the segment the record will be.
  @inline(__always)
  func begin(_ head: UnsafeMutableRawPointer) {
    head.storeBytes(of: UInt32(length).littleEndian, as: UInt32.self)
    head.storeBytes(of: checksum.littleEndian, toByteOffset: 4, as: UInt32.self)
  }

  /// Completes the heads of records that lie one behind another.
  ///
  /// - Parameter offset: Where in the segment the first one will be.
  static func complete(
    _ records: UnsafeMutableRawBufferPointer, at offset: Int, seed: CRC32
  ) {
    guard let start = records.baseAddress else { return }
    var place = 0
    while place < records.count {
      let head = start + place
      let length = UInt32(littleEndian: head.loadUnaligned(as: UInt32.self))
      let checksum = UInt32(littleEndian: head.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
      let frame = Frame(length: Int(length), checksum: checksum)
      let check = frame.check(at: offset + place, seed: seed)
      head.storeBytes(of: check.littleEndian, toByteOffset: 8, as: UInt32.self)
      place += headSize + frame.length
    }
  }

  private init(length: Int, checksum: UInt32) {
    (self.length, self.checksum) = (length, checksum)
  }

  @inline(__always)
  private func check(at offset: Int, seed: CRC32) -> UInt32 {
    var crc = seed
    let content = (
      UInt64(offset).littleEndian, UInt32(length).littleEndian, checksum.littleEndian
    )
    withUnsafeBytes(of: content) { crc.update($0) }
    return crc.value
  }
}
