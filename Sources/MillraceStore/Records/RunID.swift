/// The identity of a run: when it began, and enough chance to tell apart those that began together.
///
/// Run ids sort by their beginning. Their text is 26 letters and digits in the base 32 of
/// D. Crockford (https://www.crockford.com/base32.html) in lower case; it sorts as they do.
public struct RunID: Hashable, Comparable, Sendable {
  /// Milliseconds since the beginning of 1970 (48 bits), then 16 random bits.
  private var high: UInt64
  /// Random bits.
  private var low: UInt64

  /// Creates an id.
  ///
  /// - Parameters:
  ///   - milliseconds: When the run began, since the beginning of 1970; its low 48 bits are used.
  ///   - random: Two random numbers; 80 bits of them are used.
  public init(milliseconds: UInt64, random: (UInt64, UInt64)) {
    high = milliseconds << 16 | random.0 & 0xffff
    low = random.1
  }

  /// The id with these 16 bytes, or `nil` if there are not 16.
  init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The id of this text, in lower or upper case, or `nil` if it is not the whole text of one.
  public init?(_ text: some StringProtocol) {
    let digits = text.utf8
    guard digits.count == 26 else { return nil }
    var number: (high: UInt64, low: UInt64) = (0, 0)
    for (position, digit) in digits.enumerated() {
      let lowercase = digit | (digit >= UInt8(ascii: "A") ? 0x20 : 0)
      guard let value = Self.alphabet.firstIndex(of: lowercase), position > 0 || value < 8 else {
        return nil
      }
      number.high = number.high << 5 | number.low >> 59
      number.low = number.low << 5 | UInt64(value)
    }
    (high, low) = number
  }

  /// When the run began, in milliseconds since the beginning of 1970.
  public var milliseconds: UInt64 { high >> 16 }

  /// When the run began, to the millisecond.
  public var beginning: LogicalTime { LogicalTime(nanoseconds: milliseconds * 1_000_000) }

  /// The last eight characters: 40 random bits, enough to name a run of one store.
  public var shortForm: String { String(description.suffix(8)) }

  public static func < (first: Self, second: Self) -> Bool {
    first.high == second.high ? first.low < second.low : first.high < second.high
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    Swift.withUnsafeBytes(of: (high.bigEndian, low.bigEndian), body)
  }

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
}

extension RunID: CustomStringConvertible {
  /// The 26 characters.
  public var description: String {
    var number = (high: high, low: low)
    var digits: [UInt8] = []
    for _ in 0..<26 {
      digits.append(Self.alphabet[Int(number.low & 31)])
      number.low = number.low >> 5 | number.high << 59
      number.high >>= 5
    }
    return String(decoding: digits.reversed(), as: UTF8.self)
  }
}
