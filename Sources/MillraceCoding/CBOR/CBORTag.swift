/// The tags that Millrace writes.
enum CBORTag {
  /// Unsigned and negative integers beyond 64 bits (RFC 8949 §3.4.3).
  static let positiveBignum: UInt64 = 2
  static let negativeBignum: UInt64 = 3
  /// A set (registered with IANA): an array without an order of its own.
  static let set: UInt64 = 258

  // Private to Millrace, from the range that IANA leaves to first come, first served. "MR" in ASCII
  // and a number, so that nobody meets them by chance.

  /// A digest among the parts of a key.
  static let digest: UInt64 = 0x4d52_0001
  /// A key among the parts of a key.
  static let key: UInt64 = 0x4d52_0002
  /// A value that is there although it is encoded as null, such as `.some(nil)`.
  static let present: UInt64 = 0x4d52_0003
}
