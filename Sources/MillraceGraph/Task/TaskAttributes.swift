/// What the arguments of `@Task` say about a task.
public struct TaskAttributes: Sendable {
  /// The name that nodes get by default; nil for the function's or type's own.
  public var name: String?
  /// A number to raise when the task must run again though its code looks the same.
  public var version: Int
  public var cache: CachePolicy
  /// Whether the run's seed is part of the key, and of the task's own random numbers.
  public var randomness: Bool
  /// Names of environment variables whose values are part of the key.
  public var environment: [String]
  public var retry: RetryPolicy
  public var timeout: TimeoutPolicy
  /// What a body takes of the run's pools while it runs.
  public var resources: [String: ResourceAmount]
  /// Among nodes that are ready, those of the highest number run first.
  public var priority: Int
  public var tags: [String]
  /// Names of parameters that are no part of the key.
  public var ignoring: [String]

  public init(
    _ name: String? = nil,
    version: Int = 1,
    cache: CachePolicy = .stored,
    randomness: Bool = false,
    environment: [String] = [],
    retry: RetryPolicy = .none,
    timeout: TimeoutPolicy = .none,
    resources: [String: ResourceAmount] = [:],
    priority: Int = 0,
    tags: [String] = [],
    ignoring: [String] = []
  ) {
    self.name = name
    self.version = version
    self.cache = cache
    self.randomness = randomness
    self.environment = environment
    self.retry = retry
    self.timeout = timeout
    self.resources = resources
    self.priority = priority
    self.tags = tags
    self.ignoring = ignoring
  }
}
