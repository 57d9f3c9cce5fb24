import MillraceCoding
public import MillraceGraph

extension TaskContext {
  /// A context for calling a task in a test: deterministic, and without any effect on the outside.
  ///
  /// ```swift
  /// let rows = sample(population, context: .testing(seed: 42))
  /// ```
  ///
  /// What the task saves can be read back: `context.artifacts.read("plot", as: String.self)`.
  ///
  /// - Parameters:
  ///   - seed: What `random` starts from.
  ///   - environment: The variables that the task sees; no others are set.
  public static func testing(
    node: String = "test",
    attempt: Int = 1,
    seed: UInt64 = 0,
    environment: [String: String] = [:],
    cancellation: Cancellation = Cancellation(),
    clock: any Clock<Duration> = ContinuousClock(),
    log: TaskLog = .none
  ) -> TaskContext {
    TaskContext(
      run: "test", node: node, attempt: attempt, environment: environment,
      seed: withUnsafeBytes(of: seed.littleEndian) { Digest.sha256($0) },
      cancellation: cancellation, clock: clock, log: log)
  }
}
