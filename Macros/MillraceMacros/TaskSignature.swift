import SwiftSyntax
import SwiftSyntaxBuilder

/// What an expansion is made of: the facts of a task's declaration that are not code.
struct TaskSignature {
  /// Where the declaration stands.
  var place: TaskPlace
  var nameToken: TokenSyntax
  /// Enclosing types, base name and labels: `Steps.tokenize(_:minimumLength:)`.
  var path: String
  /// The arguments of the attribute, as `TaskAttributes` takes them.
  var arguments: String
  var keepsValue: Bool
  /// Access level and `static` of the lifted functions, `public static `.
  var modifiers: String
  /// Availability, and what else of the attributes the lifted functions share.
  var attributes: [String]
  /// Whether no code at all may call the task, a definition included.
  var isUnavailable: Bool
  var isPrivate: Bool
  /// The inputs, in order, without contexts.
  var parameters: [TaskParameter]
  var effects: TaskEffects
  /// Nil for a task that returns nothing.
  var output: WrittenType?
  /// The elements of an output that is a tuple.
  var outputShape: TupleShape?
  var state = State.none
  var injects = false
  var body: TaskBody

  /// What the task has to do with an actor's state.
  enum State { case none, instance, method }

  /// The base name without backticks.
  var name: String { nameToken.plainName }

  /// A name that no overload has.
  ///
  /// The compiler's unique names are the same for functions of one base name.
  var uniqueName: String {
    let types = parameters.map(\.type.text).joined(separator: ",")
    let digest = SHA256.digest(Array("\(path)<\(types)>\(output?.text ?? "")".utf8))
    return "task_\(SourceFingerprint(digest).digits.prefix(16))"
  }

  /// That of the record beside the definition.
  var uniqueRecordName: String { "found_\(uniqueName)" }
}

/// An input of a task.
struct TaskParameter {
  /// The argument label as it is written; nil for `_`.
  var label: String?
  /// The name in the declaration of a lifted function, as it is written.
  let name: String
  /// The name in an expression, where a keyword that is a name needs backticks.
  let reference: String
  var type: WrittenType
  /// The elements of a type that is a tuple.
  var shape: TupleShape?
  var defaultValue: String?
  /// Whether it is the instance that a method is called on, which only a node can give.
  var isInstance: Bool
  /// Whether its declaration says that it is no part of the key.
  var isUnkeyed: Bool

  init(
    label: String?, name: String, type: WrittenType, shape: TupleShape? = nil,
    defaultValue: String? = nil, isInstance: Bool = false, isUnkeyed: Bool = false
  ) {
    self.label = label
    self.name = name
    // Asked for in each lifted function, and parsing is what takes time in a macro.
    let parsed = ExprSyntax(stringLiteral: name).as(DeclReferenceExprSyntax.self)
    reference = parsed?.baseName.identifier != nil ? name : "`\(name)`"
    self.type = type
    self.shape = shape
    self.defaultValue = defaultValue
    self.isInstance = isInstance
    self.isUnkeyed = isUnkeyed
  }

  /// The name in the definition, which messages and `ignoring:` use.
  var recordedName: String { (label ?? name).withoutBackticks }

  /// `_ name`, `label name` or `name`.
  var declaredNames: String {
    guard let label else { return "_ \(name)" }
    return label.withoutBackticks == name.withoutBackticks ? label : "\(label) \(name)"
  }
}

/// What stands before the call of a task's code, and around it.
struct TaskEffects {
  var isAsync = false
  var isThrowing = false
  /// The attribute of the global actor that the code is isolated to, `@MainActor`.
  var actor: String?

  /// Whether the definition's body must be asynchronous.
  var needsAsync: Bool { isAsync || actor != nil }

  var callPrefix: String { (isThrowing ? "try " : "") + (isAsync ? "await " : "") }
}

/// How a definition calls the task's code.
enum TaskBody {
  case function(arguments: [Argument])
  /// A method is called on the first input.
  case method(arguments: [Argument])
  /// A structure is initialised with all inputs, then it runs, and has its further outputs.
  case structure(runArguments: [Argument], isMutating: Bool, artifacts: [String])

  var takesContext: Bool {
    switch self {
    case .function(let arguments), .method(let arguments):
      arguments.contains { $0.input == nil }
    case .structure(let arguments, _, let artifacts):
      !artifacts.isEmpty || arguments.contains { $0.input == nil }
    }
  }

  struct Argument {
    /// `minimumLength: ` or nothing.
    var label: String
    /// Nil for the context.
    var input: Int?
  }
}

extension TokenSyntax {
  /// The text without backticks.
  var plainName: String { trimmed.text.withoutBackticks }
}

extension String {
  var withoutBackticks: String {
    count > 2 && hasPrefix("`") && hasSuffix("`") ? String(dropFirst().dropLast()) : self
  }
}
