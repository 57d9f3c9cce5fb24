public import MillraceCoding

/// The log's record of one result: the key, the artifact, and the facts about it.
///
/// Key, artifact and time are at hand. Everything else is decoded from the record's bytes at each
/// access, so that a table of many records costs little; take ``facts`` once to use several.
public struct ArtifactRecord: Sendable {
  /// The key whose result this is.
  public let key: Key
  /// The digest of the artifact's bytes.
  public let artifact: Digest
  /// When the result was recorded.
  public let time: LogicalTime

  /// The record's payload in the log.
  let payload: ArraySlice<UInt8>

  /// The artifact's size in bytes.
  public var size: Int { decoded.size }

  /// How the bytes encode a value, such as `cbor/1`.
  public var codec: String { decoded.facts.codec }

  /// The artifact's bytes if the record carries them, unverified; `nil` if they are an object.
  public var inlineBytes: [UInt8]? { decoded.inline.map { Array(payload(at: $0)) } }

  /// The named parts of the key.
  ///
  /// - Throws: `CodingFailure` if whoever wrote the record wrote no such parts.
  public var parts: KeyParts {
    get throws { try KeyParts(decoding: decoded.facts.encodedParts) }
  }

  /// The task that made the result.
  public var task: String { decoded.facts.task }

  /// The node that made the result.
  public var node: String { decoded.facts.node }

  /// The run that made the result, if there was one.
  public var run: RunID? { decoded.facts.run }

  /// How long the task took.
  public var durationNanoseconds: UInt64 { decoded.facts.durationNanoseconds }

  /// Set if the result is that of another key, which somebody has accepted for this one.
  public var acceptance: Acceptance? { decoded.facts.acceptance }

  /// All facts, decoded once.
  public var facts: ArtifactFacts { decoded.facts }

  /// What ``ArtifactRecord`` decodes on demand.
  ///
  /// Fields that are missing or of another kind are empty: whoever wrote the record had a bug, its
  /// checksum being right, and what matters, key and digest, is checked where the log is read.
  struct Decoded {
    var size = 0
    /// Where in the payload the artifact's bytes are.
    var inline: Range<Int>?
    var facts = ArtifactFacts(codec: "", encodedParts: [], task: "", node: "")
  }

  var decoded: Decoded {
    payload.withUnsafeBytes { ArtifactCoding.decode($0) }
  }

  private func payload(at range: Range<Int>) -> ArraySlice<UInt8> {
    payload[payload.startIndex + range.lowerBound..<payload.startIndex + range.upperBound]
  }
}
