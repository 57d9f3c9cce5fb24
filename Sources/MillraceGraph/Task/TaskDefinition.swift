import MillraceCoding

/// A task: its identity, what its arguments say, its parameters, and the body that runs.
///
/// The `@Task` macro makes one constant of this type for each annotated declaration. See
/// `TaskDefinition+Macro.swift` for what expanded code calls.
public final class TaskDefinition: Sendable {
  /// What a node of this definition is to the planner.
  @usableFromInline package enum Kind: Sendable {
    /// A user's task.
    case task
    /// A user's task that makes an instance.
    case instance
    /// A user's task that is a call on an instance, its first input.
    case method
    /// A constant that stands where a node is needed.
    case constant
    /// Several nodes as one value. Transparent to keys: its part is the list of its inputs' parts.
    case collect
    /// A member of a value.
    case projection
    /// One copy of a template for each element.
    case forEach(ForEachTemplate)
    /// One of two nodes, by the value of a third.
    case when
    /// One copy of a template for each element, each taking the result of the one before.
    case reduce(ForEachTemplate)
    /// Copies of a template, each of the result of the one before, until a condition holds.
    case `repeat`(ForEachTemplate)
    /// The element in a template; its depth is 1 in an outermost `ForEach`.
    case element(depth: Int)
    /// A node said again with further attributes.
    case modified
  }

  /// ``kind`` without what belongs to it, to be compared without touching a reference count.
  package enum Shape: UInt8, Sendable {
    case task, instance, method, constant, collect, projection, forEach, when, reduce, `repeat`
    case element, modified

    fileprivate init(_ kind: Kind) {
      self =
        switch kind {
        case .task: .task
        case .instance: .instance
        case .method: .method
        case .constant: .constant
        case .collect: .collect
        case .projection: .projection
        case .forEach: .forEach
        case .when: .when
        case .reduce: .reduce
        case .repeat: .repeat
        case .element: .element
        case .modified: .modified
        }
    }
  }

  package enum Body: Sendable {
    case sync(@Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void)
    case async(@Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void)
  }

  /// A parameter, as messages, keys and constants need it.
  public struct Parameter: Sendable {
    public let name: String
    public let type: ValueType
    /// False for a parameter that is named in `ignoring:`.
    public internal(set) var isKeyed: Bool

    package init(name: String, type: ValueType, isKeyed: Bool = true) {
      self.name = name
      self.type = type
      self.isKeyed = isKeyed
    }
  }

  public let id: TaskID
  /// The name that nodes get by default.
  public let name: String
  public let attributes: TaskAttributes
  public let fingerprint: Fingerprint
  /// Names that the declaration's code uses, sorted; for following helpers. `.parse` is a member of
  /// some value, `parse` anything else.
  public let usedNames: [String]
  /// The names among them that stand for code: what is called, and what is neither bound in the
  /// declaration nor a type. `.parse` is a member of some value, `Parser.parse` one of a type.
  package let calledNames: [String]
  /// The declaration's line in ``TaskID/fileID``, from 1; 0 where it is not known.
  public let line: Int
  public let parameters: [Parameter]
  public let output: ValueType
  package let body: Body
  @usableFromInline
  let synchronousBody: @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void
  package let kind: Kind
  package let shape: Shape
  /// Whether some parameter is no part of the key; asked for each edge.
  package let hasUnkeyedParameters: Bool
  /// Whether it is tried more than once or has a time limit; asked once for each node that runs.
  package let hasAttemptPolicy: Bool
  /// What the identities of all nodes of a task begin with, hashed once; nil for what is no task.
  private let taskIdentity: SHA256?
  /// Whether a global constant holds it, so that nodes need not.
  let isPermanent: Bool

  package init(
    id: TaskID, attributes: TaskAttributes = TaskAttributes(), fingerprint: Fingerprint = .none,
    usedNames: [String] = [], calledNames: [String] = [], line: Int = 0,
    parameters: [Parameter], output: ValueType, kind: Kind, isPermanent: Bool = false, body: Body
  ) {
    self.id = id
    self.name = attributes.name ?? id.name
    self.attributes = attributes
    self.hasAttemptPolicy = attributes.retry != .none || attributes.timeout != .none
    self.fingerprint = fingerprint
    self.usedNames = usedNames
    self.calledNames = calledNames
    self.line = line
    let parameters = parameters.map { parameter in
      var parameter = parameter
      if attributes.ignoring.contains(parameter.name) { parameter.isKeyed = false }
      return parameter
    }
    self.parameters = parameters
    self.hasUnkeyedParameters = !parameters.allSatisfy(\.isKeyed)
    self.output = output
    self.kind = kind
    self.shape = Shape(kind)
    self.isPermanent = isPermanent
    if case .task = kind { taskIdentity = Self.identityBeginning(id) } else { taskIdentity = nil }
    self.body = body
    switch body {
    case .sync(let run): synchronousBody = run
    case .async:
      synchronousBody = { _, _ in preconditionFailure("an asynchronous body must be awaited") }
    }
  }

  /// The same definition around a copied template.
  convenience init(_ other: TaskDefinition, around template: ForEachTemplate) {
    let kind: Kind =
      switch other.kind {
      case .reduce: .reduce(template)
      case .repeat: .repeat(template)
      default: .forEach(template)
      }
    self.init(
      id: other.id, attributes: other.attributes, fingerprint: other.fingerprint,
      usedNames: other.usedNames, calledNames: other.calledNames, line: other.line,
      parameters: other.parameters, output: other.output, kind: kind, body: other.body)
  }

  /// Runs a synchronous body; the cheapest way to it.
  @inlinable @inline(__always)
  package func callSynchronously(
    _ inputs: TaskInputs, _ cell: UnsafeMutableRawPointer
  ) throws { try synchronousBody(inputs, cell) }

  private static func identityBeginning(_ id: TaskID) -> SHA256 {
    var hash = SHA256()
    hash.update(Array(id.description.utf8))
    return hash
  }

  /// A hash of what the task is, to be continued with where a node's inputs come from.
  var identityBeginning: SHA256 { taskIdentity ?? Self.identityBeginning(id) }

  package var isTask: Bool { shape == .task || shape == .instance || shape == .method }

  /// Whether the body is synchronous.
  package var isSynchronous: Bool { if case .sync = body { true } else { false } }

  /// Whether a node of it only puts other nodes' values together, or shows a part of one, and so can be
  /// made again at no cost wherever those values are.
  package var isView: Bool {
    switch shape {
    case .collect, .forEach, .when, .reduce, .repeat: true
    case .projection: id.path == TaskID.member
    case .task, .instance, .method, .constant, .element, .modified: false
    }
  }

  /// What the node makes copies of in a run, if it does.
  package var template: ForEachTemplate? {
    switch kind {
    case .forEach(let template), .reduce(let template), .repeat(let template): template
    default: nil
    }
  }
}
