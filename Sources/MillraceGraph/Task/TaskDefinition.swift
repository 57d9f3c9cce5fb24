/// A task: its identity, what its arguments say, its parameters, and the body that runs.
///
/// The `@Task` macro makes one constant of this type for each annotated declaration. See
/// `TaskDefinition+Macro.swift` for what expanded code calls.
public final class TaskDefinition: Sendable {
  /// What a node of this definition is to the planner.
  package enum Kind: Sendable {
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
    /// The element in a template; its depth is 1 in an outermost `ForEach`.
    case element(depth: Int)
    /// A node said again with further attributes.
    case modified
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

    init(name: String, type: ValueType, isKeyed: Bool = true) {
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
  /// Names that the declaration's code uses, sorted; for following helpers.
  public let usedNames: [String]
  /// The declaration's line in ``TaskID/fileID``, from 1; 0 where it is not known.
  public let line: Int
  public let parameters: [Parameter]
  public let output: ValueType
  package let body: Body
  package let kind: Kind
  /// Whether a global constant holds it, so that nodes need not.
  let isPermanent: Bool

  init(
    id: TaskID, attributes: TaskAttributes = TaskAttributes(), fingerprint: Fingerprint = .none,
    usedNames: [String] = [], line: Int = 0, parameters: [Parameter], output: ValueType,
    kind: Kind, isPermanent: Bool = false, body: Body
  ) {
    self.id = id
    self.name = attributes.name ?? id.name
    self.attributes = attributes
    self.fingerprint = fingerprint
    self.usedNames = usedNames
    self.line = line
    self.parameters = parameters.map { parameter in
      var parameter = parameter
      if attributes.ignoring.contains(parameter.name) { parameter.isKeyed = false }
      return parameter
    }
    self.output = output
    self.kind = kind
    self.isPermanent = isPermanent
    self.body = body
  }

  package var isTask: Bool {
    switch kind {
    case .task, .instance, .method: true
    default: false
    }
  }
}
