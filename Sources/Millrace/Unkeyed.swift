/// Makes a property of a type task an input that is no part of the key.
///
/// ```swift
/// @Task struct TrainModel {
///   var rows: [Row]
///   @Unkeyed var verbosity = 0
///   @Unkeyed var device: Device
///   func run() -> Model { … }
/// }
///
/// let model = $TrainModel(rows: features, verbosity: 2, device: .gpu)
/// ```
///
/// The lifted function takes it like any other input, a node or a plain value. A change of it makes
/// nothing run again, so it must not decide what the task returns. It is the same as to name the
/// property in `ignoring:`, which functions do, and the two may say it together.
@propertyWrapper
public struct Unkeyed<Value: Sendable>: Sendable {
  public var wrappedValue: Value

  public init(wrappedValue: Value) { self.wrappedValue = wrappedValue }
}
