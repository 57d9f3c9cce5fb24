/// What goes wrong in describing, planning or running a pipeline.
///
/// The message is a sentence that says what to do. Values of inputs never stand in it.
public struct PipelineError: Error, Sendable, CustomStringConvertible {
  /// The kind of failure; more may be added, so a `switch` over codes needs a default.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    public let description: String
    private init(_ description: String) { self.description = description }

    /// The code that another process speaks of.
    package init(named name: String) { self.init(name) }

    /// A body threw in its last attempt. ``PipelineError/cause`` is what it threw.
    public static let taskFailed: Code = Code("taskFailed")
    /// A node, or its last attempt, ran out of time. ``PipelineError/cause`` is a ``TimeoutError``.
    public static let timedOut: Code = Code("timedOut")
    /// The run was cancelled, by its caller or a signal.
    public static let cancelled: Code = Code("cancelled")
    /// Two nodes of a graph were given one name.
    public static let duplicateName: Code = Code("duplicateName")
    /// No node, or more than one, has the name that was asked for.
    public static let unknownNode: Code = Code("unknownNode")
    /// The element of a `ForEach` was used outside its closure.
    public static let escapedElement: Code = Code("escapedElement")
    /// A `Repeat` took as many steps as it may, and its condition does not hold.
    public static let limitExceeded: Code = Code("limitExceeded")
    /// Nodes wait for each other, because of what `after` says of them.
    public static let cycle: Code = Code("cycle")
    /// An input file or folder is missing, unreadable, or changed while it was in use.
    public static let inputFile: Code = Code("inputFile")
    /// A value could not be encoded, or its artifact not decoded.
    public static let coding: Code = Code("coding")
    /// An artifact could not be stored, or an export not written.
    public static let output: Code = Code("output")
    /// A backend's other process cannot be reached, has ended, or has built another graph.
    public static let remote: Code = Code("remote")
    /// A run was set up in a way that cannot work, such as a worker count of zero.
    public static let misuse: Code = Code("misuse")
    /// A node requests more of a pool than the run has, or of a pool without a limit.
    public static let resources: Code = Code("resources")
    /// Millrace's own fault; please report it.
    public static let internalFault: Code = Code("internalFault")
  }

  public var code: Code
  public var message: String
  /// The node's name, where the error belongs to one.
  public var node: String?
  /// The attempt that failed, from 1.
  public var attempt: Int?
  /// The elements and rounds that the node was copied for, from the outermost inwards; empty outside of
  /// templates.
  public var places: [Place] = []
  public var cause: (any Error)?

  public init(
    _ code: Code, _ message: String, node: String? = nil, attempt: Int? = nil,
    cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.node = node
    self.attempt = attempt
    self.cause = cause
  }

  public var description: String {
    guard let reason = cause.map({ "\($0)" }) else { return message }
    // What a task threw ends the message already.
    return message.hasSuffix(reason) ? message : "\(message) (\(reason))"
  }
}
