/// Who wrote a segment: 128 random bits, in hexadecimal the segment's name.
struct WriterID: Hashable, Comparable, Sendable {
  private var high: UInt64
  private var low: UInt64

  init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The writer of the segment of this name, or `nil` if it is no segment's name.
  init?(name: String) {
    let digits = name.utf8
    let isPlain = digits.allSatisfy {
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
    }
    guard digits.count == 32, isPlain, let high = UInt64(name.prefix(16), radix: 16),
      let low = UInt64(name.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }

  init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 16 else { return nil }
    high = UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self))
    low = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
  }

  /// 32 lower-case hexadecimal digits.
  var name: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }

  /// The 16 bytes, the most significant first.
  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  static func < (first: Self, second: Self) -> Bool {
    first.high == second.high ? first.low < second.low : first.high < second.high
  }
}
