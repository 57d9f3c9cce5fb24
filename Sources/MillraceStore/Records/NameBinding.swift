public import MillraceCoding

/// A name and the artifact that it stands for since a time.
public struct NameBinding: Hashable, Sendable {
  /// The name, such as `flight-delays/report`.
  public var name: String
  /// The digest of the artifact's bytes.
  public var artifact: Digest
  /// The key whose result the artifact is.
  public var key: Key
  /// The artifact's size in bytes.
  public var size: Int
  /// How the bytes encode a value, such as `cbor/1`.
  public var codec: String
  /// The run that bound the name, if one did.
  public var run: RunID?
  /// When the name was bound.
  public var time: LogicalTime
}
