/// How many things there are, and how many bytes they take.
public struct StoreTally: Hashable, Sendable {
  /// How many.
  public var count: Int
  /// Their bytes in all.
  public var bytes: Int

  /// Creates a tally.
  public init(count: Int = 0, bytes: Int = 0) {
    self.count = count
    self.bytes = bytes
  }

  mutating func add(_ size: Int) {
    count += 1
    bytes += size
  }
}
