public import MillraceCoding

/// What a run asks of another process. A backend carries it there as it is, for example as CBOR.
public struct RemoteRequest: Codable, Sendable {
  public enum Work: Codable, Sendable {
    /// Runs a task's body and keeps its value.
    case run(RemoteCall)
    /// Takes values in.
    case put([RemoteValue])
    /// Encodes a value that is kept there.
    case fetch(UInt64)
    /// Tells the body that makes a value to end.
    case cancel(UInt64)
  }

  /// A digest of the whole graph: tasks, code, edges and constants. Where the other process has built
  /// another graph, places mean something else, and it refuses.
  public var graph: Digest
  /// Values that nobody needs any more.
  public var dropping: [UInt64]
  public var work: Work

  public init(graph: Digest, dropping: [UInt64] = [], work: Work) {
    self.graph = graph
    self.dropping = dropping
    self.work = work
  }
}

/// A body to run.
public struct RemoteCall: Codable, Sendable {
  /// The node's place in the graph, or in a template of it; copies of a template share one.
  public var place: Int
  /// The task's identity and the fingerprint of its code, which must be those of the node there.
  public var task: String
  public var fingerprint: String
  /// What the value is called from then on; a number that no other value of the run has.
  public var value: UInt64
  public var inputs: [RemoteInput]
  /// Whether the answer is to have the value's encoding.
  public var isEncoded: Bool
  public var context: Context
  /// The types of the run's plug-ins, which must be those of the worker.
  public var plugins: [String]

  /// What is the same here and there of a task's context.
  public struct Context: Codable, Sendable {
    public var run: String
    public var node: String
    public var attempt: Int
    public var environment: [String: String]
    public var seed: Digest
  }
}

/// Where an input comes from.
public indirect enum RemoteInput: Codable, Sendable {
  /// The graph has it.
  case constant
  /// A value that was put there or made there.
  case value(UInt64)
  /// A node at a place that puts its inputs together: a list, a member.
  case made(place: Int, inputs: [RemoteInput])
}

/// A value that crosses.
public struct RemoteValue: Codable, Sendable {
  /// A number that no other value of the run has.
  public var id: UInt64
  /// The place of the node that made it, which knows the type.
  public var place: Int
  /// As it would be stored.
  public var bytes: [UInt8]
}
