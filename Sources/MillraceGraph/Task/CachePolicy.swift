/// What becomes of a node's value after the run that made it.
public enum CachePolicy: Hashable, Sendable {
  /// Encoded and kept in the store: a later run with an equal key takes it from there.
  case stored
  /// Kept in memory until its last consumer has run, and made again only where a consumer needs it.
  ///
  /// The value need not be `Codable`. Consumers are keyed by this node's key, so there is no early
  /// cut-off through it.
  case transient
  /// Runs in every run that needs it. Consumers are keyed by the value, if it can be encoded.
  case off
}
