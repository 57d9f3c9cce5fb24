// Everything that code expanded by `@Task` calls, on one page. Names with two leading underscores are
// public only because expanded code needs them; they may change in any release.
//
// For `@Task func tokenize(_ text: String, minimumLength: Int = 3) throws -> [String]` the macro adds
//
//     private enum unique {
//       nonisolated static let definition = TaskDefinition(
//         __id: TaskID(fileID: "App/Text.swift", path: "tokenize(_:minimumLength:)",
//           parameterTypes: ["String", "Int"], isPrivate: false),
//         attributes: TaskAttributes(), fingerprint: Fingerprint(0x…, 0x…), usedNames: ["split"],
//         calledNames: ["split"], line: 12,
//         parameters: [.__parameter("text", String.self, "String"), …],
//         output: .__stored([String].self, "[String]"),
//         sync: { try tokenize($0[0, as: String.self], minimumLength: $0[1, as: Int.self]) })
//     }
//
// and lifted functions `$tokenize`, of which the most general is
//
//     func $tokenize(
//       _ text: some TaskInput<String>, minimumLength: some TaskInput<Int> = Constant<Int>(3)
//     ) -> Node<[String]> {
//       unique.definition.__call { $0.bind(text); $0.bind(minimumLength) }
//     }

extension TaskDefinition {
  // Inlinable, so that a task's body is compiled with its types known: through unspecialised code a
  // value takes some thirty times as long from its inputs to its cell.

  /// A task whose body is synchronous.
  @inlinable
  public convenience init<Output>(
    __id id: TaskID, attributes: TaskAttributes, fingerprint: Fingerprint, usedNames: [String],
    calledNames: [String] = [], line: Int, parameters: [Parameter],
    output: __OutputType<Output>, injects: Bool = false,
    sync body: @escaping @Sendable (TaskInputs) throws -> Output
  ) {
    let run: @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void =
      if injects {
        Self.injecting(body)
      } else {
        { inputs, cell in Cell.initialize(cell, to: try body(inputs)) }
      }
    self.init(
      task: id, attributes: output.adjusting(attributes), fingerprint: fingerprint,
      usedNames: usedNames, calledNames: calledNames, line: line, parameters: parameters,
      output: output.type, kind: output.kind, sync: run)
  }

  /// A task whose body is asynchronous.
  @inlinable
  public convenience init<Output>(
    __id id: TaskID, attributes: TaskAttributes, fingerprint: Fingerprint, usedNames: [String],
    calledNames: [String] = [], line: Int, parameters: [Parameter],
    output: __OutputType<Output>, injects: Bool = false,
    async body: @escaping @Sendable (TaskInputs) async throws -> Output
  ) {
    let run: @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void =
      if injects {
        Self.injecting(body)
      } else {
        { inputs, cell in Cell.initialize(cell, to: try await body(inputs)) }
      }
    self.init(
      task: id, attributes: output.adjusting(attributes), fingerprint: fingerprint,
      usedNames: usedNames, calledNames: calledNames, line: line, parameters: parameters,
      output: output.type, kind: output.kind, async: run)
  }

  @usableFromInline
  convenience init(
    task id: TaskID, attributes: TaskAttributes, fingerprint: Fingerprint, usedNames: [String],
    calledNames: [String], line: Int, parameters: [Parameter], output: ValueType, kind: Kind,
    sync body: @escaping @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void
  ) {
    self.init(
      id: id, attributes: attributes, fingerprint: fingerprint, usedNames: usedNames,
      calledNames: calledNames, line: line, parameters: parameters, output: output, kind: kind,
      isPermanent: true, body: .sync(body))
  }

  @usableFromInline
  convenience init(
    task id: TaskID, attributes: TaskAttributes, fingerprint: Fingerprint, usedNames: [String],
    calledNames: [String], line: Int, parameters: [Parameter], output: ValueType, kind: Kind,
    async body: @escaping @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void
  ) {
    self.init(
      id: id, attributes: attributes, fingerprint: fingerprint, usedNames: usedNames,
      calledNames: calledNames, line: line, parameters: parameters, output: output, kind: kind,
      isPermanent: true, body: .async(body))
  }

  /// A body that finds its context in ``TaskContext/current``.
  @usableFromInline
  static func injecting<Output>(
    _ body: @escaping @Sendable (TaskInputs) throws -> Output
  ) -> @Sendable (TaskInputs, UnsafeMutableRawPointer) throws -> Void {
    { inputs, cell in
      let value = try TaskContext.$current.withValue(inputs.context) { try body(inputs) }
      Cell.initialize(cell, to: value)
    }
  }

  @usableFromInline
  static func injecting<Output>(
    _ body: @escaping @Sendable (TaskInputs) async throws -> Output
  ) -> @Sendable (TaskInputs, UnsafeMutableRawPointer) async throws -> Void {
    { inputs, cell in
      let value = try await TaskContext.$current.withValue(inputs.context) {
        try await body(inputs)
      }
      Cell.initialize(cell, to: value)
    }
  }

  /// Makes a node of this task; `bind` binds one input after another, in the parameters' order.
  @inlinable
  public func __call<Output>(
    returning type: Output.Type = Output.self, _ bind: (inout TaskCall) -> Void
  ) -> Node<Output> {
    var call = TaskCall(self)
    bind(&call)
    return Node(call.finish())
  }
}

extension TaskInputs {
  /// Keeps what a type task has assigned to an `@Artifact` property.
  ///
  /// - Throws: ``PipelineError`` with code `misuse` if it was not assigned.
  public func __save<Value: Codable & Sendable>(
    _ artifact: Artifact<Value>, as name: String
  ) throws {
    try context.artifacts.save(value(artifact, name), as: name)
  }

  @_disfavoredOverload
  public func __save<Value: ArtifactValue>(_ artifact: Artifact<Value>, as name: String) throws {
    try context.artifacts.save(value(artifact, name), as: name)
  }

  /// The same for a property that may stay nil.
  public func __save<Value: Codable & Sendable>(
    _ artifact: Artifact<Value?>, as name: String
  ) throws {
    guard let value = artifact.assigned ?? nil else { return }
    try context.artifacts.save(value, as: name)
  }

  @_disfavoredOverload
  public func __save<Value: ArtifactValue>(_ artifact: Artifact<Value?>, as name: String) throws {
    guard let value = artifact.assigned ?? nil else { return }
    try context.artifacts.save(value, as: name)
  }

  @_disfavoredOverload
  @available(
    *, unavailable,
    message: "an '@Artifact' property must have a 'Codable' and 'Sendable' type; make its type so"
  )
  public func __save<Value>(
    _ artifact: Artifact<Value>, as name: String, _: Void = ()
  ) throws {}

  private func value<Value>(_ artifact: Artifact<Value>, _ name: String) throws -> Value {
    guard let value = artifact.assigned else {
      throw PipelineError(
        .misuse,
        "'run()' has not assigned its '@Artifact' property '\(name)'; assign it, or make its type optional."
      )
    }
    return value
  }
}

/// An output's type, and what it says about caching. Made by `__stored`, `__passing`, `__effect`,
/// `__instance` and `__result`.
public struct __OutputType<Value: Sendable>: Sendable {
  @usableFromInline let type: ValueType
  var isEffect = false
  @usableFromInline var kind: TaskDefinition.Kind = .task

  /// Effects, instances and calls on them are never cached, whatever the attribute says.
  @usableFromInline
  func adjusting(_ attributes: TaskAttributes) -> TaskAttributes {
    var attributes = attributes
    switch kind {
    case .instance, .method: attributes.cache = .off
    default: if isEffect { attributes.cache = .off }
    }
    return attributes
  }

  /// The output of a task whose value is stored.
  public static func __stored(_ type: Value.Type, _ name: String) -> Self where Value: Codable {
    Self(type: .coded(type, name: name))
  }

  @_disfavoredOverload
  public static func __stored(_ type: Value.Type, _ name: String) -> Self
  where Value: ArtifactValue {
    Self(type: .coded(type, name: name))
  }

  @_disfavoredOverload
  @available(
    *, unavailable,
    message:
      "a stored task must return a 'Codable' type; make the type 'Codable', or write '@Task(cache: .transient)' to keep the value in memory only"
  )
  public static func __stored(_ type: Value.Type, _ name: String, _: Void = ()) -> Self {
    Self(type: .uncoded(type, name: name))
  }

  /// The output of a task with `cache: .transient` or `.off`.
  public static func __passing(_ type: Value.Type, _ name: String) -> Self where Value: Codable {
    Self(type: .coded(type, name: name))
  }

  @_disfavoredOverload
  public static func __passing(_ type: Value.Type, _ name: String) -> Self {
    Self(type: .uncoded(type, name: name))
  }
}

extension __OutputType<Void> {
  /// The output of a task that returns nothing.
  public static func __effect() -> Self {
    Self(type: .uncoded(Void.self, name: "Void"), isEffect: true)
  }
}

extension TaskDefinition.Parameter {
  /// A parameter whose constants can be encoded for a key.
  public static func __parameter<Value: Encodable & Sendable>(
    _ name: String, _ type: Value.Type, _ typeName: String
  ) -> Self {
    Self(name: name, type: .keyed(type, name: typeName))
  }

  /// A parameter of a type that cannot be encoded: nodes are welcome, a constant leaves the node
  /// without a key.
  @_disfavoredOverload
  public static func __parameter<Value: Sendable>(
    _ name: String, _ type: Value.Type, _ typeName: String
  ) -> Self {
    Self(name: name, type: .uncoded(type, name: typeName))
  }
}
