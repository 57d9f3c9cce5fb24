/// The SHA-256 digest of some bytes: 32 bytes.
///
/// A trivial type of four words, so that copying one costs nothing and tables of them are fast.
/// Digests compare as their bytes do. In CBOR a digest is a byte string of 32 bytes, in every other
/// format its hexadecimal text.
@frozen
public struct Digest: Hashable, Comparable, Sendable {
  // The bytes as they lie in memory, whatever the byte order of the machine.
  @usableFromInline var words: (UInt64, UInt64, UInt64, UInt64)

  init(words: (UInt64, UInt64, UInt64, UInt64)) {
    self.words = words
  }

  /// The digest with these bytes, or `nil` unless there are exactly 32.
  public init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    self.words = (0, 0, 0, 0)
    Swift.withUnsafeMutableBytes(of: &words) { $0.copyBytes(from: bytes) }
  }

  /// The digest with this text of exactly 64 hexadecimal digits in either case, or `nil`.
  public init?(hex: some StringProtocol) {
    let digits = hex.utf8
    guard digits.count == 2 * Self.byteCount else { return nil }
    self.words = (0, 0, 0, 0)
    let isValid = Swift.withUnsafeMutableBytes(of: &words) { target in
      var position = 0
      for digit in digits {
        guard let nibble = Hexadecimal.value(ofDigit: digit) else { return false }
        target[position / 2] = target[position / 2] << 4 | nibble
        position += 1
      }
      return true
    }
    guard isValid else { return nil }
  }

  /// How many bytes a digest has.
  public static var byteCount: Int { 32 }

  /// Calls a function with the 32 bytes.
  @inlinable
  public func withUnsafeBytes<R, E: Error>(
    _ body: (UnsafeRawBufferPointer) throws(E) -> R
  ) throws(E) -> R {
    try Swift.withUnsafeBytes(of: words, body)
  }

  @inlinable
  public static func == (first: Self, second: Self) -> Bool {
    (first.words.0 ^ second.words.0) | (first.words.1 ^ second.words.1)
      | (first.words.2 ^ second.words.2) | (first.words.3 ^ second.words.3) == 0
  }

  @inlinable
  public static func < (first: Self, second: Self) -> Bool {
    if first.words.0 != second.words.0 {
      return first.words.0.bigEndian < second.words.0.bigEndian
    }
    if first.words.1 != second.words.1 {
      return first.words.1.bigEndian < second.words.1.bigEndian
    }
    if first.words.2 != second.words.2 {
      return first.words.2.bigEndian < second.words.2.bigEndian
    }
    return first.words.3.bigEndian < second.words.3.bigEndian
  }

  /// Eight of the bytes as a number that is as good as random, for tables of digests. It is not the same on
  /// machines of another byte order.
  @inlinable
  public var shortHash: UInt64 { words.0 }

  @inlinable
  public func hash(into hasher: inout Hasher) {
    // The words of a digest are already as good as random: one of them tells digests apart.
    hasher.combine(words.0)
  }
}

extension Digest: CustomStringConvertible {
  /// The 64 lower-case hexadecimal digits.
  public var hex: String {
    withUnsafeBytes { Hexadecimal.text(of: $0) }
  }

  /// The hexadecimal digits.
  public var description: String { hex }
}
