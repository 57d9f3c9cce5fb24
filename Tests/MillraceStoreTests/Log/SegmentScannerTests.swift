import Testing

@testable import MillraceStore

@Suite struct SegmentScannerTests {
  private let writer = WriterID(high: 1, low: 2)
  private var seed: CRC32 { Frame.seed(for: writer) }

  /// Records of these payloads, as they stand at the beginning of a segment.
  private func segment(_ payloads: [[UInt8]]) -> [UInt8] {
    var bytes: [UInt8] = []
    for payload in payloads {
      payload.withUnsafeBytes { Frame(of: $0).append(to: &bytes, at: bytes.count, seed: seed) }
      bytes += payload
    }
    return bytes
  }

  private func scan(_ bytes: [UInt8], at offset: Int = 0) -> [SegmentScanner.Item] {
    bytes.withUnsafeBytes { bytes in
      var scanner = SegmentScanner(bytes, at: offset, seed: seed)
      var items: [SegmentScanner.Item] = []
      while true {
        items.append(scanner.next())
        if case .end = items.last { return items }
      }
    }
  }

  private static let payloads: [[UInt8]] = [[1, 2, 3], [], [UInt8](repeating: 7, count: 40)]

  @Test func `whole records are found`() {
    #expect(
      scan(segment(Self.payloads)) == [
        .record(12..<15), .record(27..<27), .record(39..<79), .end(missing: 12),
      ])
    #expect(scan([]) == [.end(missing: 12)])
  }

  @Test func `a head that is cut says how much is missing at least`() {
    let bytes = segment(Self.payloads)
    #expect(scan(Array(bytes[..<20])) == [.record(12..<15), .end(missing: 7)])
    #expect(scan(Array(bytes[..<78])).last == .end(missing: 1))
  }

  @Test(arguments: [0x01, 0x10, 0xff] as [UInt8])
  func `a flipped byte costs its record and no other`(flip: UInt8) {
    let bytes = segment(Self.payloads)
    let records = [0..<15, 15..<27, 27..<79]
    for position in bytes.indices {
      var damaged = bytes
      damaged[position] ^= flip
      let found = scan(damaged)
      let whole = records.filter { !$0.contains(position) }.map { record in
        SegmentScanner.Item.record(record.lowerBound + 12..<record.upperBound)
      }
      #expect(found.filter { if case .record = $0 { true } else { false } } == whole)
      let lost = records.first { $0.contains(position) }!
      let isReported = found.contains { item in
        switch item {
        case .damage(let range): range == lost
        // A last record with a bad head is nothing but a torn tail.
        case .end(let missing): missing == 0 && lost.upperBound == bytes.count
        case .record: false
        }
      }
      #expect(isReported, "byte \(position)")
    }
  }

  @Test func `a record in another place or of another writer is none`() {
    let bytes = segment([[1, 2, 3]])
    #expect(scan(bytes, at: 1) == [.end(missing: 0)])
    let other = Frame.seed(for: WriterID(high: 1, low: 3))
    let item = bytes.withUnsafeBytes { bytes in
      var scanner = SegmentScanner(bytes, at: 0, seed: other)
      return scanner.next()
    }
    #expect(item == .end(missing: 0))
  }

  @Test func `zeros, as a power cut may leave them, are no records`() {
    let bytes = segment([[1, 2, 3]]) + [UInt8](repeating: 0, count: 100)
    #expect(scan(bytes) == [.record(12..<15), .end(missing: 0)])
  }

  @Test func `a segment within a record's payload is not read`() {
    let inner = segment([[1], [2], [3]])
    var bytes = segment([inner, [9]])
    bytes[0] ^= 1
    #expect(
      scan(bytes) == [
        .damage(0..<inner.count + 12), .record(inner.count + 24..<inner.count + 25),
        .end(missing: 12),
      ])
  }
}
