import Dispatch

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How a store behaves. The defaults are for use, the closures are there for tests.
public struct StoreOptions: Sendable {
  /// When what was stored is made to survive a power cut.
  public var syncPolicy: SyncPolicy = .batched
  /// Artifacts up to this size in bytes travel in their record.
  public var inlineLimit: Int = 16 << 10
  /// How many bytes of the log are kept in memory at most.
  public var memoryLimit: Int = 64 << 20
  /// Hears of every ``StoreWarning``, on the thread that found it, which holds no lock.
  public var onWarning: @Sendable (StoreWarning) -> Void = { _ in }
  /// Gives the time of day in nanoseconds since the beginning of 1970.
  public var wallClock: @Sendable () -> UInt64 = StoreOptions.systemClock
  /// Gives random bits, for the names of segments and runs.
  public var random: @Sendable () -> UInt64 = { .random(in: .min ... .max) }
  /// How many records of the log must be in no snapshot before one is worth its writing. Reading as
  /// many takes about ten milliseconds.
  var snapshotMinimum = 16_384
  /// Calls a closure once, a number of milliseconds later, on any thread.
  var schedule: @Sendable (Int, @escaping @Sendable () -> Void) -> Void = { delay, operation in
    DispatchQueue.global().asyncAfter(
      deadline: .now() + .milliseconds(delay), execute: operation)
  }

  /// The default options.
  public init() {}

  /// The system's clock.
  public static let systemClock: @Sendable () -> UInt64 = {
    var time = timespec()
    guard clock_gettime(CLOCK_REALTIME, &time) == 0, time.tv_sec >= 0 else { return 0 }
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
