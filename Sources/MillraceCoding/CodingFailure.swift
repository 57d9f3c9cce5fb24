/// Bytes that cannot be read, or a value that cannot be written.
///
/// Malformed, truncated or non-deterministic bytes always give this error. A well-formed encoding
/// that merely has another shape than the type asks for gives Swift's own `DecodingError`, as
/// `Codable` types and their users expect.
public struct CodingFailure: Error, Sendable, CustomStringConvertible {
  /// What is wrong. More codes may be added, so a `switch` over them needs a `default`.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Wrapped: String, Hashable {
      case truncated, malformed, notDeterministic, duplicateKey, invalidText, tooDeep
      case trailingBytes, unexpectedItem, outOfRange, misuse
    }
    private var wrapped: Wrapped

    /// The bytes end inside an item.
    public static var truncated: Self { Self(wrapped: .truncated) }
    /// The bytes are not CBOR.
    public static var malformed: Self { Self(wrapped: .malformed) }
    /// The bytes are CBOR, but not in the one form that RFC 8949 §4.2.1 leaves.
    public static var notDeterministic: Self { Self(wrapped: .notDeterministic) }
    /// A map has one key twice.
    public static var duplicateKey: Self { Self(wrapped: .duplicateKey) }
    /// A text string is not UTF-8.
    public static var invalidText: Self { Self(wrapped: .invalidText) }
    /// Items nest deeper than ``CBOR/maximumDepth``.
    public static var tooDeep: Self { Self(wrapped: .tooDeep) }
    /// Bytes follow the item that was asked for.
    public static var trailingBytes: Self { Self(wrapped: .trailingBytes) }
    /// A well-formed item is of another kind than the one asked for.
    public static var unexpectedItem: Self { Self(wrapped: .unexpectedItem) }
    /// A number does not fit the type asked for.
    public static var outOfRange: Self { Self(wrapped: .outOfRange) }
    /// A type's own coding methods used a container against its rules.
    public static var misuse: Self { Self(wrapped: .misuse) }

    public var description: String { wrapped.rawValue }
  }

  /// What is wrong.
  public var code: Code
  /// A sentence that says what is wrong and what to do. It never shows a value.
  public var message: String
  /// The place in the bytes, counted from 0; `nil` when writing.
  public var offset: Int?
  /// The way from the outermost value to the place, as far as it is known.
  public var codingPath: [any CodingKey]

  /// Makes a failure.
  public init(
    _ code: Code, _ message: String, offset: Int? = nil, codingPath: [any CodingKey] = []
  ) {
    self.code = code
    self.message = message
    self.offset = offset
    self.codingPath = codingPath
  }

  /// The message with its place.
  public var description: String {
    var text = message
    if !codingPath.isEmpty {
      let path = codingPath.map { key in
        key.intValue.map { "[\($0)]" } ?? ".\(key.stringValue)"
      }
      text += " At \(path.joined())."
    }
    if let offset { text += " (\(code), byte \(offset))" }
    return text
  }
}
