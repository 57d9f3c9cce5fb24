import MillraceCoding

extension SHA256 {
  /// A digest for a task's random numbers.
  ///
  /// - Parameters:
  ///   - origin: The node's key, or what the node is where it has none.
  ///   - seed: The run's seed, for tasks that declare randomness.
  static func taskSeed(_ origin: Digest, seed: UInt64?) -> Digest {
    var hash = SHA256()
    hash.update(Array("millrace.random".utf8))
    origin.withUnsafeBytes { hash.update($0) }
    if let seed { withUnsafeBytes(of: seed.bigEndian) { hash.update($0) } }
    return hash.finalize()
  }

  /// A digest for the waits between a node's attempts.
  static func retrySeed(_ origin: Digest, seed: UInt64) -> Digest {
    var hash = SHA256()
    hash.update(Array("millrace.retry".utf8))
    origin.withUnsafeBytes { hash.update($0) }
    withUnsafeBytes(of: seed.bigEndian) { hash.update($0) }
    return hash.finalize()
  }
}
