/// Something wrong that the store could live with: what, and where.
///
/// A warning never means that a value is wrong; what it names is treated as not stored.
public struct StoreWarning: Hashable, Sendable {
  /// A kind of warning; more may come, so always keep a `default`.
  public struct Code: Hashable, Sendable {
    private enum Wrapped: Hashable {
      case tornTail, damagedRecord, damagedHeader, truncatedSegment, unreadableSegment
      case missingSegment
      case damagedFormat, damagedIndex, unwrittenIndex
      case corruptArtifact, missingArtifact, unreadableArtifact, differingResults
    }
    private var wrapped: Wrapped

    /// A segment ends inside a record: its writer died, or the file was cut.
    public static var tornTail: Self { Self(wrapped: .tornTail) }
    /// A record does not match its checksum or is no valid record; it is skipped.
    public static var damagedRecord: Self { Self(wrapped: .damagedRecord) }
    /// A segment does not begin as one should; its records are read all the same.
    public static var damagedHeader: Self { Self(wrapped: .damagedHeader) }
    /// A sealed segment ends without its closing record.
    public static var truncatedSegment: Self { Self(wrapped: .truncatedSegment) }
    /// The system refused to read a segment; its records are skipped.
    public static var unreadableSegment: Self { Self(wrapped: .unreadableSegment) }
    /// A segment is not there of which another one tells, and that no clean-up has removed.
    public static var missingSegment: Self { Self(wrapped: .missingSegment) }
    /// The store's `format` file is missing or damaged.
    public static var damagedFormat: Self { Self(wrapped: .damagedFormat) }
    /// A snapshot of the index is damaged or cannot be read; the log is read instead.
    public static var damagedIndex: Self { Self(wrapped: .damagedIndex) }
    /// A snapshot of the index could not be written; later openings take longer.
    public static var unwrittenIndex: Self { Self(wrapped: .unwrittenIndex) }
    /// An artifact's bytes do not match its digest.
    public static var corruptArtifact: Self { Self(wrapped: .corruptArtifact) }
    /// An artifact that a record names is not there.
    public static var missingArtifact: Self { Self(wrapped: .missingArtifact) }
    /// The system refused to read an artifact.
    public static var unreadableArtifact: Self { Self(wrapped: .unreadableArtifact) }
    /// One key got two results: the task is not deterministic.
    public static var differingResults: Self { Self(wrapped: .differingResults) }
  }

  /// The kind of warning.
  public var code: Code
  /// One or two sentences: what was found and what it means.
  public var message: String
  /// The file concerned, relative to the store.
  public var file: String?
  /// The place in the file, in bytes from its beginning.
  public var offset: Int?

  /// Creates a warning.
  public init(_ code: Code, _ message: String, file: String? = nil, offset: Int? = nil) {
    self.code = code
    self.message = message
    self.file = file
    self.offset = offset
  }
}

extension StoreWarning: CustomStringConvertible {
  /// The message after its place, such as `log/0f….log at byte 312: …`.
  public var description: String {
    guard let file else { return message }
    guard let offset else { return "\(file): \(message)" }
    return "\(file) at byte \(offset): \(message)"
  }
}

extension StoreWarning.Code: CustomStringConvertible {
  /// The name of the code, such as `tornTail`.
  public var description: String { "\(wrapped)" }
}
