public import MillraceGraph

/// Gives a type task one member of its context.
///
/// ```swift
/// @Task struct Shuffle {
///   var rows: [Row]
///   @Injected(\.random) var random
///   func run() -> [Row] {
///     var random = random
///     return rows.shuffled(using: &random)
///   }
/// }
/// ```
///
/// An injected property is no input: the lifted function does not have it, and no key. In a test, run
/// the task inside of ``withTaskContext(_:operation:)-(_,()->Result)``, or set the property.
@propertyWrapper
public struct Injected<Value: Sendable>: Sendable {
  private enum Source: Sendable {
    case context(any KeyPath<TaskContext, Value> & Sendable)
    case value(Value)
  }

  private var source: Source
  private let place: (file: String, line: UInt)

  public init(
    _ member: any KeyPath<TaskContext, Value> & Sendable,
    file: String = #fileID, line: UInt = #line
  ) {
    source = .context(member)
    place = (file, line)
  }

  /// - Precondition: Read while the task runs, or after it was set.
  public var wrappedValue: Value {
    get {
      switch source {
      case .value(let value): return value
      case .context(let member):
        guard let context = TaskContext.current else {
          preconditionFailure(
            "The '@Injected' property at \(place.file):\(place.line) was read outside of a run. Read it in 'run()', set it, or wrap the call in 'withTaskContext(_:operation:)'."
          )
        }
        return context[keyPath: member]
      }
    }
    set { source = .value(newValue) }
  }
}

/// Runs a task by hand with a context of your own, as in a test.
public func withTaskContext<Result>(
  _ context: TaskContext, operation: () throws -> Result
) rethrows -> Result {
  try TaskContext.$current.withValue(context, operation: operation)
}

/// Runs an asynchronous task by hand with a context of your own, as in a test.
public func withTaskContext<Result>(
  _ context: TaskContext, isolation: isolated (any Actor)? = #isolation,
  operation: () async throws -> Result
) async rethrows -> Result {
  try await TaskContext.$current.withValue(context, operation: operation, isolation: isolation)
}
