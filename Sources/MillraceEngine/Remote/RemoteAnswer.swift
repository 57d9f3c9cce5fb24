public import MillraceCoding
import MillraceGraph

/// What another process answers to a ``RemoteRequest``.
public struct RemoteAnswer: Codable, Sendable {
  /// The value's encoding, where it was asked for.
  public var encoding: RemoteEncoding?
  public var failure: RemoteFailure?
  /// What the task wrote to its log.
  public var lines: [Line]
  /// What the task saved beside what it returned.
  public var artifacts: [Artifact]

  public init(
    encoding: RemoteEncoding? = nil, failure: RemoteFailure? = nil, lines: [Line] = [],
    artifacts: [Artifact] = []
  ) {
    self.encoding = encoding
    self.failure = failure
    self.lines = lines
    self.artifacts = artifacts
  }

  /// A further output, as it would be stored.
  public struct Artifact: Codable, Sendable {
    public var name: String
    public var codec: String
    public var bytes: [UInt8]
  }

  /// A line of a task's log, as raw values.
  public struct Line: Codable, Sendable {
    public var level: String
    public var source: String
    public var text: String
  }
}

/// A value as it would be stored.
public struct RemoteEncoding: Codable, Sendable {
  public var bytes: [UInt8]
  /// Input files that the value names, and the digests of their content.
  public var files: [String: Digest]
}

/// What went wrong in another process. As an error it is what a task threw there.
public struct RemoteFailure: Error, Codable, Sendable, CustomStringConvertible {
  public enum Kind: Codable, Sendable {
    /// The task threw.
    case task(isRetryable: Bool)
    /// The body was told to end and did.
    case cancelled
    /// Something else; the code is that of a `PipelineError`.
    case pipeline(code: String)
  }

  public var kind: Kind
  /// The error's description.
  public var message: String

  public var description: String { message }

  init(_ error: any Error) {
    switch error {
    case is CancellationError: kind = .cancelled
    case let error as PipelineError: kind = .pipeline(code: error.code.description)
    default: kind = .task(isRetryable: !(error is any NotRetryable))
    }
    message = "\(error)"
  }

  /// The error as the near side knows it.
  var error: any Error {
    switch kind {
    case .task(isRetryable: true): self
    case .task(isRetryable: false): LastingFailure(failure: self)
    case .cancelled: CancellationError()
    case .pipeline(let code): PipelineError(PipelineError.Code(named: code), message)
    }
  }

  private struct LastingFailure: NotRetryable, CustomStringConvertible {
    let failure: RemoteFailure
    var description: String { failure.description }
  }
}
