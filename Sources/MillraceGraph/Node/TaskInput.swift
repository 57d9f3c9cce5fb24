/// What can be given to a lifted task as an input: a node, a constant, or a collection of nodes.
///
/// The standard `Codable` types conform; make your own type a ``TaskValue`` to mix its values with
/// nodes in one call, or wrap a single one in ``Constant``.
public protocol TaskInput<InputValue>: Sendable {
  /// The type that the task receives.
  associatedtype InputValue: Sendable
  /// The input as a constant or an edge.
  var __input: __TaskInputForm<InputValue> { get }
}

/// An input as a constant or an edge.
@frozen public enum __TaskInputForm<Value: Sendable>: Sendable {
  case constant(Value)
  case node(Node<Value>)

  /// The input as a node, where one is needed.
  @inlinable
  var node: Node<Value> {
    switch self {
    case .node(let node): node
    case .constant(let value): Node(constant: value)
    }
  }
}

extension Node: TaskInput {
  @inlinable
  public var __input: __TaskInputForm<Value> { .node(self) }

  /// A node of whatever can be given to a task, where a node is needed: a plain value, or nodes in an
  /// array, an optional or a dictionary. What uses it has the key that the input itself would give it.
  ///
  /// A plain value of a type that is not `Encodable` has no part in a key: what uses it runs in every run.
  public init(_ input: some TaskInput<Value>) { self = input.__input.node }

  /// A node that gives a constant whose type says nothing of its encoding.
  @usableFromInline
  package init(constant value: Value) {
    let type: ValueType =
      if let encodable = Value.self as? any (Encodable & Sendable).Type {
        .keyed(encodable, name: "\(Value.self)")
      } else {
        .uncoded(Value.self)
      }
    let definition = TaskDefinition(
      id: TaskID(fileID: "Millrace", path: "constant"), attributes: TaskAttributes(cache: .off),
      parameters: [.init(name: "value", type: type)], output: type, kind: .constant,
      body: .sync { inputs, cell in
        Cell.initialize(cell, to: inputs[0, as: Value.self])
      })
    self = definition.__call { $0.bind(constant: value) }
  }
}

/// A plain value as an input.
@frozen public struct Constant<Value: Sendable>: TaskInput {
  public let value: Value

  @inlinable
  public init(_ value: Value) { self.value = value }

  @inlinable
  public var __input: __TaskInputForm<Value> { .constant(value) }
}

/// A type whose values are inputs as they are.
public protocol TaskValue: TaskInput, Codable where InputValue == Self {}

extension TaskValue {
  @inlinable
  public var __input: __TaskInputForm<Self> { .constant(self) }
}

extension Bool: TaskValue {}
extension String: TaskValue {}
extension Double: TaskValue {}
extension Float: TaskValue {}
extension Int: TaskValue {}
extension Int8: TaskValue {}
extension Int16: TaskValue {}
extension Int32: TaskValue {}
extension Int64: TaskValue {}
extension UInt: TaskValue {}
extension UInt8: TaskValue {}
extension UInt16: TaskValue {}
extension UInt32: TaskValue {}
extension UInt64: TaskValue {}
