extension KeyParts {
  /// What a part may be. Values of different cases never have the same encoding.
  public enum Value: Sendable {
    case text(String)
    case integer(Int)
    case digest(Digest)
    case key(Key)
    case bytes([UInt8])
    case list([Value])
  }
}

extension KeyParts.Value: Hashable {
  /// Whether the two have the same encoding; texts are compared by their UTF-8.
  public static func == (first: Self, second: Self) -> Bool {
    switch (first, second) {
    case (.text(let first), .text(let second)): first.utf8.elementsEqual(second.utf8)
    case (.integer(let first), .integer(let second)): first == second
    case (.digest(let first), .digest(let second)): first == second
    case (.key(let first), .key(let second)): first == second
    case (.bytes(let first), .bytes(let second)): first == second
    case (.list(let first), .list(let second)): first == second
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .text(let text): hasher.combine(text)
    case .integer(let integer): hasher.combine(integer)
    case .digest(let digest): hasher.combine(digest)
    case .key(let key): hasher.combine(key)
    case .bytes(let bytes): hasher.combine(bytes)
    case .list(let values): hasher.combine(values)
    }
  }
}
