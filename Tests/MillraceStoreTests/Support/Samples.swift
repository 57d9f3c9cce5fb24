import MillraceCoding
import MillraceStore
import Synchronization

extension Key {
  /// Some key; equal numbers give equal keys.
  static func sample(_ number: UInt8) -> Key { Key(.sha256([number])) }
}

extension ArtifactFacts {
  static func sample(node: String = "clean", run: RunID? = nil) -> ArtifactFacts {
    var parts = KeyParts()
    parts["task"] = .text("Reports.clean(_:)")
    parts["version"] = .integer(2)
    return ArtifactFacts(
      codec: "bytes/1", parts: parts, task: "Reports.clean(_:)", node: node, run: run,
      durationNanoseconds: 1500)
  }
}

extension ArtifactStore {
  @discardableResult
  func save(
    _ bytes: [UInt8], for key: Key, facts: ArtifactFacts = .sample()
  ) throws -> ArtifactRecord {
    try bytes.withUnsafeBytes { try save($0, for: key, facts: facts) }
  }

  /// The bytes of a key's result as a run would use them: `nil` for a miss of any kind.
  func value(of key: Key) -> [UInt8]? {
    find(key).flatMap { try? load($0) }
  }
}

extension BlobStorage {
  func put(_ bytes: [UInt8], replacing: Bool = false) throws -> Digest {
    let digest = Digest.sha256(bytes)
    try bytes.withUnsafeBytes { try put($0, as: digest, replacing: replacing) }
    return digest
  }
}

extension LogSegment {
  func append(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try append($0) }
  }
}

/// A clock and chance that a test decides.
final class Fate: Sendable {
  /// Nanoseconds since the beginning of 1970.
  let now = Mutex<UInt64>(1_700_000_000_000_000_000)
  private let lastRandom = Mutex<UInt64>(0)
  /// What waits for the timer.
  private let scheduled = Mutex<[@Sendable () -> Void]>([])

  var scheduledCount: Int { scheduled.withLock { $0.count } }

  /// Lets the timer fire.
  func fire() {
    let operations = scheduled.withLock { scheduled in
      defer { scheduled = [] }
      return scheduled
    }
    for operation in operations { operation() }
  }

  func schedule(_ operation: @escaping @Sendable () -> Void) {
    scheduled.withLock { $0.append(operation) }
  }

  func random() -> UInt64 {
    lastRandom.withLock { last in
      last += 1
      return last
    }
  }
}
