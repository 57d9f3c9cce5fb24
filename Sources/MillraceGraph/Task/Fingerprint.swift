/// The part of a key that stands for a task's source code: a 128-bit digest of its tokens.
///
/// The `@Task` macro makes it from the declaration's tokens without comments and layout, so that
/// reformatting a task keeps its artifacts and changing its code does not.
public struct Fingerprint: Hashable, Sendable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64

  public init(_ high: UInt64, _ low: UInt64) {
    self.high = high
    self.low = low
  }

  /// No source code is known: what a task made without the macro has.
  ///
  /// Such a task's `version:` alone says when its code has changed.
  public static let none: Fingerprint = Fingerprint(0, 0)

  /// 32 lower-case hexadecimal digits.
  public var description: String {
    [high, low].map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }.joined()
  }
}
