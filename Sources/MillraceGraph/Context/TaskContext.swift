public import MillraceCoding

/// What a task may know of the run it is in, and the effects that it may use.
///
/// A task takes it as a parameter, of which its lifted function has no trace, or a type task injects
/// one of its members with `@Injected(\.random)`. In tests it is a value that you make.
public struct TaskContext: Sendable {
  /// The run's id.
  public var run: String
  /// The node's name.
  public var node: String
  /// Which try of the node this is, from 1.
  public var attempt: Int
  /// Values of the variables that the task declares with `environment:`; a variable that is not set
  /// is absent.
  public var environment: [String: String]
  /// What ``random`` starts from.
  public var seed: Digest {
    get { makeSeed() }
    set { makeSeed = { newValue } }
  }
  /// A node without a key is told apart by all that it is made of, which is not worth encoding where
  /// nobody reads the seed.
  package var makeSeed: @Sendable () -> Digest
  /// Set when the run is to end, or this attempt has run out of time.
  public var cancellation: Cancellation
  /// The run's clock, which tests move by hand.
  public var clock: any Clock<Duration>
  /// Where the task, and programs that it starts, say what they are doing.
  public var log: TaskLog
  /// Where the task puts what it makes beside what it returns. Without a run, as in a test, it stays in
  /// memory.
  public var artifacts: TaskArtifacts

  public init(
    run: String = "none",
    node: String = "none",
    attempt: Int = 1,
    environment: [String: String] = [:],
    seed: Digest = .sha256([]),
    cancellation: Cancellation = Cancellation(),
    clock: any Clock<Duration> = ContinuousClock(),
    log: TaskLog = .none,
    artifacts: TaskArtifacts = TaskArtifacts()
  ) {
    self.run = run
    self.node = node
    self.attempt = attempt
    self.environment = environment
    makeSeed = { seed }
    self.cancellation = cancellation
    self.clock = clock
    self.log = log
    self.artifacts = artifacts
  }

  /// Random numbers that depend on the node's key alone, and on the run's seed where the task
  /// declares `randomness: true`.
  ///
  /// Each read starts the same sequence, so keep it: `var random = context.random`.
  public var random: SeededRandom { SeededRandom(seed: seed) }

  /// Whether the run wants to end, or this attempt has run out of time. A synchronous body that takes long should ask now and then.
  public var isCancelled: Bool { cancellation.isCancelled }

  /// - Throws: `CancellationError` if the run wants to end.
  public func checkCancellation() throws {
    if isCancelled { throw CancellationError() }
  }

  /// The context of the body that runs, for `@Injected`; nil outside of a task.
  @TaskLocal public static var current: TaskContext?
}
