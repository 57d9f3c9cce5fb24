/// A further output of a type task: a property that `run()` assigns, stored and named with the node.
///
/// ```swift
/// @Task struct TrainModel {
///   var rows: [Row]
///   @Artifact var metrics: [String: Double]
///   @Artifact var plot: Data?
///   mutating func run() throws -> Model {
///     …
///     metrics = ["error": 0.1]
///     return model
///   }
/// }
/// ```
///
/// It is no input: the lifted function does not have it. After a run the store has
/// `<pipeline>/<node>::metrics`. A property of optional type may stay nil, and then there is no such output;
/// one with a value has that unless `run()` assigns another; any other must be assigned. In a test, call
/// `run()` and read the property.
///
/// - SeeAlso: ``TaskArtifacts`` for functions.
@propertyWrapper
public struct Artifact<Value> {
  private var value: Value?

  public init() { value = nil }

  public init() where Value: ExpressibleByNilLiteral { value = .some(nil) }

  public init(wrappedValue: Value) { value = wrappedValue }

  /// - Precondition: Read after it was assigned.
  public var wrappedValue: Value {
    get {
      guard let value else {
        preconditionFailure("An '@Artifact' property was read before 'run()' assigned it.")
      }
      return value
    }
    set { value = newValue }
  }

  /// The property as it is, for expanded code.
  public var projectedValue: Self { self }

  /// The value; nil before it is assigned.
  var assigned: Value? { value }
}

extension Artifact: Sendable where Value: Sendable {}
