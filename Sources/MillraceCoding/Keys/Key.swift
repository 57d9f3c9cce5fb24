/// The digest of everything that decides a node's value.
///
/// Equal keys stand for equal values, so a recorded artifact with the same key is used again. In
/// CBOR a key is a byte string as a ``Digest`` is; only inside ``KeyParts`` the two carry tags.
public struct Key: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// The digest.
  public let digest: Digest

  /// The key with this digest.
  public init(_ digest: Digest) {
    self.digest = digest
  }

  public static func < (first: Self, second: Self) -> Bool {
    first.digest < second.digest
  }

  /// The digest's hexadecimal digits.
  public var description: String { digest.hex }
}

extension Key: Codable {
  public init(from decoder: any Decoder) throws {
    digest = try decoder.singleValueContainer().decode(Digest.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(digest)
  }
}
