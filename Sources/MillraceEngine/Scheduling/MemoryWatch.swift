import MillraceGraph

/// Whether the process uses more memory than it should, looked at now and then.
struct MemoryWatch: Sendable {
  private let budget: Int
  private let resident: @Sendable () -> Int
  private var lastLook: ContinuousClock.Instant?
  private var wasOver = false

  /// Reading the number costs about as much as a small task.
  static let interval: Duration = .milliseconds(5)

  init(budget: ResourceAmount, resident: @escaping @Sendable () -> Int) {
    self.budget = budget.value
    self.resident = resident
  }

  /// - Parameter now: The time; within ``interval`` of the last look its answer is given again.
  mutating func isOver(at now: ContinuousClock.Instant) -> Bool {
    if let lastLook, now - lastLook < Self.interval { return wasOver }
    lastLook = now
    wasOver = resident() > budget
    return wasOver
  }
}
