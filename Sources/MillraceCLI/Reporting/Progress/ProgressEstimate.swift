/// How long a run will still take, where that can be known.
enum ProgressEstimate {
  /// A task that has not ended.
  struct Task: Equatable, Sendable {
    /// How long its body took before, or those of its kind in this run; nil if nobody knows.
    var expected: Duration?
    /// How long it has been running.
    var spent: Duration = .zero
  }

  /// The time in which some tasks end if they take as long as expected, and as many run at once as so far.
  ///
  /// A task that turns out to be a hit ends at once, so this is rather too long than too short. An
  /// estimate that is known to be wrong is none: not with a task of which nothing is known, and not with
  /// one that has taken half as long again as expected.
  ///
  /// - Parameter width: How many bodies run at a time.
  static func left(for tasks: [Task], width: Double) -> Duration? {
    var (sum, longest): (Duration, Duration) = (.zero, .zero)
    for task in tasks {
      guard let expected = task.expected, task.spent <= expected * 1.5 + .seconds(1) else {
        return nil
      }
      let rest = max(.zero, expected - task.spent)
      sum += rest
      longest = max(longest, rest)
    }
    return max(sum / max(1, width), longest)
  }

  /// The same where there are too many tasks to ask about each: they go on at the pace so far.
  ///
  /// - Returns: Nil before there have been enough to speak of a pace.
  static func left(afterExecuting executed: Int, in elapsed: Duration, remaining: Int) -> Duration?
  {
    guard executed >= 100, elapsed >= .seconds(2) else { return nil }
    return elapsed * (Double(remaining) / Double(executed))
  }
}
