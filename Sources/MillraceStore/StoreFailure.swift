/// What went wrong in a store, as a code to branch on and a sentence that says what to do.
///
/// Neither the message nor the cause ever holds bytes of an artifact.
public struct StoreFailure: Error, Sendable {
  /// A kind of failure; more may come, so always keep a `default`.
  public struct Code: Hashable, Sendable {
    private enum Wrapped: Hashable {
      case missing, corrupt, newerFormat, notAStore, readOnly, unreadable, unwritable, nameTaken
    }
    private var wrapped: Wrapped

    /// The artifact's bytes are not in the store.
    public static var missing: Self { Self(wrapped: .missing) }
    /// The artifact's bytes are not those that were stored.
    public static var corrupt: Self { Self(wrapped: .corrupt) }
    /// The store was written by a newer version.
    public static var newerFormat: Self { Self(wrapped: .newerFormat) }
    /// The path holds something that is no store.
    public static var notAStore: Self { Self(wrapped: .notAStore) }
    /// The store can only be read.
    public static var readOnly: Self { Self(wrapped: .readOnly) }
    /// The system refused to read.
    public static var unreadable: Self { Self(wrapped: .unreadable) }
    /// The system refused to write or to sync.
    public static var unwritable: Self { Self(wrapped: .unwritable) }
    /// A segment of that name exists.
    public static var nameTaken: Self { Self(wrapped: .nameTaken) }
  }

  /// The kind of failure.
  public var code: Code
  /// One or two sentences: what happened and what to do.
  public var message: String
  /// The file or folder concerned.
  public var path: String?
  /// The error underneath, usually a ``SystemCallError``.
  public var cause: (any Error)?

  /// Creates a failure.
  public init(
    _ code: Code, _ message: String, path: String? = nil, cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.path = path
    self.cause = cause
  }
}

extension StoreFailure: CustomStringConvertible {
  /// The message, then the place and the cause where they are known.
  public var description: String {
    let details = [path.map { "'\($0)'" }, cause.map { "\($0)" }].compactMap(\.self)
    return details.isEmpty ? message : "\(message) (\(details.joined(separator: ": ")))"
  }
}

extension StoreFailure.Code: CustomStringConvertible {
  /// The name of the code, such as `corrupt`.
  public var description: String { "\(wrapped)" }
}
