public import MillraceCoding

/// What is recorded with a result, besides its key and its bytes.
public struct ArtifactFacts: Sendable {
  /// How the bytes encode a value, such as `cbor/1`, `bytes/1` or `text/1`.
  public var codec: String
  /// The encoded parts of the key, as of ``KeyParts/encoded()``.
  public var encodedParts: [UInt8]
  /// The task that made the result, such as `FlightDelays.clean(_:)`.
  public var task: String
  /// The node of the graph that made the result.
  public var node: String
  /// The run that made the result, if there was one.
  public var run: RunID?
  /// The pipeline whose name `<pipeline>/<node>` stands for the result from now on; nil to bind none.
  public var pipeline: String?
  /// How long the task took.
  public var durationNanoseconds: UInt64
  /// Input files that the value names, with the digests of their contents. The result is out of date
  /// when one of them has another content.
  public var files: [String: Digest] = [:]
  /// What else the task made in the attempt, by name. A result whose further outputs are not all there is
  /// not taken for a hit.
  public var further: [FurtherOutput] = []
  /// Set if the result is that of another key, which somebody has accepted for this one.
  public var acceptance: Acceptance?

  /// Creates facts.
  public init(
    codec: String, encodedParts: [UInt8], task: String, node: String, run: RunID? = nil,
    durationNanoseconds: UInt64 = 0
  ) {
    self.codec = codec
    self.encodedParts = encodedParts
    self.task = task
    self.node = node
    self.run = run
    self.durationNanoseconds = durationNanoseconds
  }

  /// Creates facts, encoding the parts.
  public init(
    codec: String, parts: KeyParts, task: String, node: String, run: RunID? = nil,
    durationNanoseconds: UInt64 = 0
  ) {
    self.init(
      codec: codec, encodedParts: parts.encoded(), task: task, node: node, run: run,
      durationNanoseconds: durationNanoseconds)
  }
}
